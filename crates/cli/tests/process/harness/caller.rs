//! A caller: signs requests as a client of the protocol does, and reads the answers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use signing::request::{Method, sign_v2};
use signing::{Secret, Verb, form};

use super::http::{self, Reply};
use super::wait;

/// How long a transaction may take to reach a status.
const STATUS_MAX: Duration = Duration::from_secs(20);

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The document.
    pub body: String,
}

impl Answer {
    /// The text of the first element of a name.
    pub fn text(&self, element: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("<{element}>"))?;
        let (text, _) = rest.split_once(&format!("</{element}>"))?;
        Some(text.to_owned())
    }

    /// The text of an element that must be there.
    pub fn must(&self, element: &str) -> String {
        let found = self.text(element);
        found.unwrap_or_else(|| panic!("no <{element}> in {} {}", self.status, self.body))
    }

    /// Whether it is an answer and no error.
    pub fn is_ok(&self) -> bool {
        self.status == 200
    }
}

/// What a server says when its database cannot be used.
const OUTAGES: [u16; 2] = [500, 503];

/// Who calls: the values of `sandbox env`, and where the server is now.
#[derive(Debug, Clone)]
pub struct Caller {
    values: BTreeMap<String, String>,
    /// Host and port.
    pub address: String,
    /// Whether an outage counts as no answer.
    insists: bool,
}

impl Caller {
    /// From the JSON of `sandbox env`.
    pub fn of(environment: &Value) -> Caller {
        let fields = environment.as_object().expect("an object").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let values: BTreeMap<_, _> = fields
            .map(|(name, one)| (name.clone(), text(one)))
            .collect();
        let endpoint = values.get("FPS_ENDPOINT").expect("an endpoint");
        let (_, address) = endpoint.split_once("://").expect("an address");
        let address = address.trim_end_matches('/').to_owned();
        Caller {
            values,
            address,
            insists: false,
        }
    }

    /// The same caller, to whom an outage is no answer.
    pub fn insisting(self) -> Caller {
        Caller {
            insists: true,
            ..self
        }
    }

    /// The same caller, calling somewhere else.
    pub fn at(&self, address: &str) -> Caller {
        Caller {
            address: address.to_owned(),
            ..self.clone()
        }
    }

    /// One of the values.
    pub fn value(&self, name: &str) -> &str {
        self.values
            .get(name)
            .unwrap_or_else(|| panic!("`sandbox env` has no {name}"))
    }

    /// Sets one for somebody's environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// All values.
    pub fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// The query of a signed request.
    pub fn query(&self, host: &str, action: &str, parameters: &[(&str, &str)]) -> String {
        self.query_at(jiff::Timestamp::now(), host, action, parameters)
    }

    /// The same, signed at a moment.
    pub fn query_at(
        &self,
        moment: jiff::Timestamp,
        host: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> String {
        let at = moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut pairs = vec![
            ("Action", action),
            ("AWSAccessKeyId", self.value("AWS_ACCESS_KEY_ID")),
            ("SignatureMethod", "HmacSHA256"),
            ("SignatureVersion", "2"),
            ("Timestamp", &at),
            ("Version", "2010-08-28"),
        ];
        pairs.extend(parameters);
        let secret = Secret::new(self.value("AWS_SECRET_ACCESS_KEY"));
        let signature = sign_v2(&secret, Method::HmacSha256, Verb::Get, host, "/", &pairs);
        pairs.push(("Signature", &signature));
        form::encode(&pairs)
    }

    /// Sends a query made before.
    pub fn send(&self, query: &str) -> std::io::Result<Answer> {
        let Reply { status, body, .. } = http::get(&self.address, &format!("/?{query}"), &[])?;
        if self.insists && OUTAGES.contains(&status) {
            return Err(std::io::Error::other(body));
        }
        Ok(Answer { status, body })
    }

    /// Calls, where the server may be killed meanwhile.
    pub fn try_call(&self, action: &str, parameters: &[(&str, &str)]) -> std::io::Result<Answer> {
        self.send(&self.query(&self.address, action, parameters))
    }

    /// Calls and gets whatever answer.
    pub fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.try_call(action, parameters)
            .unwrap_or_else(|error| panic!("{action}: {error}"))
    }

    /// Calls and must not be refused.
    pub fn must(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let answer = self.call(action, parameters);
        assert!(
            answer.is_ok(),
            "{action}: {} {}",
            answer.status,
            answer.body
        );
        answer
    }

    /// The parameters of a Reserve or Pay by the multi-use token.
    pub fn payment<'a>(&'a self, reference: &'a str, amount: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("SenderTokenId", self.value("SENDER_TOKEN")),
            ("RecipientTokenId", self.value("RECIPIENT_TOKEN")),
            ("CallerReference", reference),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", amount),
        ]
    }

    /// Reserves, and gives the transaction's id.
    pub fn reserve(&self, reference: &str, amount: &str) -> String {
        self.must("Reserve", &self.payment(reference, amount))
            .must("TransactionId")
    }

    /// Reserves, and waits until it is reserved.
    pub fn reserved(&self, reference: &str, amount: &str) -> String {
        let id = self.reserve(reference, amount);
        self.wait_for(&id, "Reserved");
        id
    }

    /// Settles all of it, and waits until it is done.
    pub fn settled(&self, id: &str) {
        self.must("Settle", &[("ReserveTransactionId", id)]);
        self.wait_for(id, "Success");
    }

    /// The status of a transaction.
    pub fn status(&self, id: &str) -> String {
        self.must("GetTransactionStatus", &[("TransactionId", id)])
            .must("TransactionStatus")
    }

    /// Waits for a status.
    pub fn wait_for(&self, id: &str, status: &str) {
        wait::until(&format!("{id} to be {status}"), STATUS_MAX, || {
            (self.status(id) == status).then_some(())
        });
    }
}
