//! The marketplace as a caller: signs requests and reads replies.

use signing::request::{self, Method};
use signing::{Secret, Verb, form};

use super::PATIENCE;
use super::client::{self, Question};
use crate::Failure;

/// A caller with its access key.
pub struct Caller {
    /// `127.0.0.1:port` of the server.
    pub host: String,
    /// The access key's public half.
    pub key: String,
    /// The access key's secret half.
    pub secret: Secret,
}

impl Caller {
    /// The parameters with credentials and signature, as a query.
    pub fn sign(&self, path: &str, pairs: &[(&str, &str)], key_name: &str) -> String {
        let mut all: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        all.push((key_name.to_owned(), self.key.clone()));
        all.push(("SignatureVersion".to_owned(), "2".to_owned()));
        all.push(("SignatureMethod".to_owned(), "HmacSHA256".to_owned()));
        if path != "/" {
            // The Co-Branded pages write them with small letters.
            for (name, _) in &mut all {
                if let Some(rest) = name.strip_prefix("Signature") {
                    *name = format!("signature{rest}");
                }
            }
        }
        let host = self.host.to_lowercase();
        let signature = request::sign_v2(
            &self.secret,
            Method::HmacSha256,
            Verb::Get,
            &host,
            path,
            &all,
        );
        let name = if path == "/" {
            "Signature"
        } else {
            "signature"
        };
        all.push((name.to_owned(), signature));
        form::encode(&all)
    }

    /// Calls an action; gives the reply's text.
    pub async fn call(&self, action: &str, pairs: &[(&str, &str)]) -> Result<String, Failure> {
        let now = jiff::Timestamp::now()
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string();
        let mut all = vec![
            ("Action", action),
            ("Version", "2010-08-28"),
            ("Timestamp", &now),
        ];
        all.extend_from_slice(pairs);
        let target = format!("/?{}", self.sign("/", &all, "AWSAccessKeyId"));
        let question = Question {
            verb: "GET",
            host: &self.host,
            target: &target,
            cookie: "",
            form: "",
        };
        let answer = client::ask(&question).await?;
        if answer.status != 200 {
            let reason = element(&answer.body, "Message").unwrap_or_default();
            let code = element(&answer.body, "Code").unwrap_or_default();
            return Err(Failure::wrong(format!("{action}: {code}: {reason}")));
        }
        Ok(answer.body)
    }

    /// Waits until a transaction has this status.
    pub async fn wait_for(&self, transaction: &str, status: &str) -> Result<(), Failure> {
        let wait = async {
            loop {
                let pairs = [("TransactionId", transaction)];
                let reply = self.call("GetTransactionStatus", &pairs).await?;
                if element(&reply, "TransactionStatus").as_deref() == Some(status) {
                    return Ok(());
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        waited.unwrap_or_else(|_| Err(Failure::wrong(format!("{transaction} is not {status}"))))
    }
}

/// The text of the first element of that name.
pub fn element(xml: &str, name: &str) -> Option<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inner = xml.split_once(&open)?.1.split_once(&close)?.0;
    Some(inner.to_owned())
}
