//! The story, chapter by chapter.

use std::collections::BTreeMap;

use payments::AccountKey;
use serde_json::Value;
use server::admin::{self, Ask, NotDone};
use server::boot::Running;
use signing::{Secret, form};

use super::api::{Caller, element};
use super::browser::Browser;
use super::ledger;
use super::receiver::{Receiver, is_genuine};
use super::tell::{good, heading, quote, step};
use crate::{Done, Failure};

/// Tells the story against a running server.
pub async fn tell(running: &Running) -> Done {
    println!("Holdfast: reserve money on a card now, settle it later.");
    println!("A sandbox in a temporary folder, at {}", running.address());
    let receiver = Receiver::start().await?;
    let mut names = BTreeMap::new();
    let caller = marketplace(running, &receiver, &mut names).await?;
    let recipient = recipient_accepts(&caller, &receiver).await?;
    let sender = sender_consents(&caller, &receiver, &recipient).await?;
    name_people(running, &mut names).await?;

    let held = reserve(&caller, &receiver, &sender, &recipient).await?;
    settle(&caller, &receiver, &held).await?;
    cancel(&caller, &receiver, &sender, &recipient).await?;
    expire(running, &caller, &receiver, &sender, &recipient).await?;

    heading(8, "The ledger: every column adds up");
    ledger::print(running, &names).await?;
    ledger::prove(running)
}

async fn put(running: &Running, ask: Ask) -> Result<Value, Failure> {
    let done = admin::execute(running.app(), ask).await;
    done.map_err(|NotDone(reason)| Failure::wrong(reason))
}

fn text(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

async fn marketplace(
    running: &Running,
    receiver: &Receiver,
    names: &mut BTreeMap<AccountKey, &'static str>,
) -> Result<Caller, Failure> {
    heading(1, "A marketplace opens an account and gets an access key");
    let create = Ask::AccountCreate {
        kind: "developer".to_owned(),
        name: "Fern & Co".to_owned(),
        email: None,
        password: None,
        marketplace: true,
        ipn_url: Some(receiver.ipn_url()),
    };
    let made = put(running, create).await?;
    let account = made
        .get("account")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    names.insert(AccountKey(account), "Fern & Co (marketplace)");
    let key = put(
        running,
        Ask::KeyCreate {
            account: account.to_string(),
        },
    )
    .await?;
    let id = text(&key, "id");
    step(&format!(
        "access key {id}; notifications go to {}",
        receiver.ipn_url()
    ));
    let host = running.address().trim_start_matches("http://").to_owned();
    Ok(Caller {
        host,
        key: id,
        secret: Secret::new(&text(&key, "secret")),
    })
}

/// Sends a browser to the Co-Branded pages, and lets a new person sign up there.
async fn visit(
    caller: &Caller,
    pairs: &[(&str, &str)],
    person: &[(&str, &str)],
) -> Result<Browser, Failure> {
    let path = signing::request::CBUI_PATH;
    let mut browser = Browser::new(&caller.host);
    let query = caller.sign(path, pairs, "callerKey");
    browser.open(&format!("{path}?{query}")).await?;
    step(&format!("the browser shows “{}”", browser.heading()));
    let link = browser.link("sign-up").or_else(|| browser.link("sign_up"));
    let link = link.ok_or_else(|| Failure::wrong("there is no way to sign up"))?;
    browser.open(&link).await?;
    browser.press("sign-up", person).await?;
    Ok(browser)
}

/// What the return URL says, once its signature was checked.
async fn returned(browser: &Browser) -> Result<Vec<(String, String)>, Failure> {
    let Some(url) = &browser.sent_to else {
        let heading = browser.heading();
        return Err(Failure::wrong(format!("the browser stayed at “{heading}”")));
    };
    let (end_point, query) = url.split_once('?').unwrap_or((url, ""));
    if !is_genuine(end_point, query).await? {
        return Err(Failure::wrong("the return URL's signature does not hold"));
    }
    let pairs = form::parse(query.as_bytes(), &form::Limits::DEFAULT).map_err(Failure::wrong)?;
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let status = form::value(&pairs, "status").unwrap_or_default();
    good(&format!(
        "the browser is back with status={status}, signed by the published key"
    ));
    Ok(pairs)
}

fn token(pairs: &[(String, String)]) -> Result<String, Failure> {
    let token = form::value(pairs, "tokenID").map(str::to_owned);
    token.ok_or_else(|| Failure::wrong("the return URL carries no token"))
}

async fn recipient_accepts(caller: &Caller, receiver: &Receiver) -> Result<String, Failure> {
    heading(2, "A recipient accepts the marketplace's terms");
    let pairs = [
        ("pipelineName", "Recipient"),
        ("returnURL", &receiver.return_url()),
        ("callerReference", "oak-furniture"),
        ("recipientPaysFee", "True"),
        ("maxFixedFee", "1.00"),
        ("maxVariableFee", "10"),
        ("version", "2009-01-09"),
    ];
    let person = [
        ("account_kind", "business"),
        ("name", "Olive Oak"),
        ("business_name", "Oak Furniture"),
        ("email", "olive@oak.example"),
        ("password", "a long enough password"),
    ];
    let mut browser = visit(caller, &pairs, &person).await?;
    step(&format!("the browser shows “{}”", browser.heading()));
    if let Some(consent) = browser.consent() {
        quote(&consent);
    }
    browser.press("confirm", &[]).await?;
    token(&returned(&browser).await?)
}

async fn sender_consents(
    caller: &Caller,
    receiver: &Receiver,
    recipient: &str,
) -> Result<String, Failure> {
    heading(3, "A sender consents to reservations on a card");
    let pairs = [
        ("pipelineName", "MultiUse"),
        ("returnURL", &receiver.return_url()),
        ("callerReference", "ada-standing-order"),
        ("globalAmountLimit", "250.00"),
        ("amountType", "Maximum"),
        ("transactionAmount", "100.00"),
        ("recipientTokenList", recipient),
        ("paymentReason", "Furniture from <b>Oak</b>"),
        ("paymentMethod", "CC"),
        ("version", "2009-01-09"),
    ];
    let person = [
        ("name", "Ada Archer"),
        ("email", "ada@example.com"),
        ("password", "another long password"),
    ];
    let mut browser = visit(caller, &pairs, &person).await?;
    step(&format!(
        "the browser shows “{}”; a test card is added",
        browser.heading()
    ));
    let card = [
        ("card_number", "4242 4242 4242 4242"),
        ("card_month", "12"),
        ("card_year", "2040"),
        ("card_code", "123"),
        ("card_name", "Ada Archer"),
    ];
    browser.press("add-card", &card).await?;
    step(&format!("the browser shows “{}”", browser.heading()));
    if let Some(consent) = browser.consent() {
        quote(&consent);
    }
    browser.press("confirm", &[]).await?;
    token(&returned(&browser).await?)
}

async fn name_people(
    running: &Running,
    names: &mut BTreeMap<AccountKey, &'static str>,
) -> Result<(), Failure> {
    let people = [
        ("olive@oak.example", "Oak Furniture"),
        ("ada@example.com", "Ada Archer"),
    ];
    for (email, name) in people {
        let shown = put(
            running,
            Ask::AccountShow {
                account: email.to_owned(),
            },
        )
        .await?;
        let key = shown
            .get("account")
            .and_then(Value::as_i64)
            .unwrap_or_default();
        names.insert(AccountKey(key), name);
    }
    Ok(())
}

async fn told(
    receiver: &Receiver,
    transaction: &str,
    operation: &str,
    status: &str,
) -> Result<(), Failure> {
    let told = receiver.wait_for(transaction, operation, status).await?;
    if !is_genuine(&receiver.ipn_url(), &told.body).await? {
        return Err(Failure::wrong("the notification's signature does not hold"));
    }
    let amount = told.field("transactionAmount").unwrap_or_default();
    good(&format!(
        "notification {operation} {status} {amount}, its RSA signature holds"
    ));
    Ok(())
}

async fn hold(
    caller: &Caller,
    tokens: (&str, &str),
    reference: &str,
    amount: &str,
) -> Result<String, Failure> {
    let pairs = [
        ("SenderTokenId", tokens.0),
        ("RecipientTokenId", tokens.1),
        ("CallerReference", reference),
        ("CallerDescription", "An oak chair"),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", amount),
        ("MarketplaceVariableFee", "5"),
        ("MarketplaceFixedFee.CurrencyCode", "USD"),
        ("MarketplaceFixedFee.Value", "0.50"),
    ];
    let reply = caller.call("Reserve", &pairs).await?;
    let id = element(&reply, "TransactionId").unwrap_or_default();
    let status = element(&reply, "TransactionStatus").unwrap_or_default();
    step(&format!("Reserve ${amount} answers {status}: {id}"));
    Ok(id)
}

async fn reserve(
    caller: &Caller,
    receiver: &Receiver,
    sender: &str,
    recipient: &str,
) -> Result<String, Failure> {
    heading(4, "Reserve $80.00, with a marketplace fee of 5 % and $0.50");
    let id = hold(caller, (sender, recipient), "order-1001", "80.00").await?;
    told(receiver, &id, "RESERVE", "PENDING").await?;
    told(receiver, &id, "RESERVE", "RESERVED").await?;
    let again = hold(caller, (sender, recipient), "order-1001", "80.00").await?;
    if again != id {
        return Err(Failure::wrong(
            "a repeated request made a second transaction",
        ));
    }
    good("the same request again is the same transaction");
    Ok(id)
}

async fn settle(caller: &Caller, receiver: &Receiver, id: &str) -> Result<(), Failure> {
    heading(5, "Settle for less than was reserved: $60.00");
    let pairs = [
        ("ReserveTransactionId", id),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "60.00"),
    ];
    let reply = caller.call("Settle", &pairs).await?;
    let status = element(&reply, "TransactionStatus").unwrap_or_default();
    step(&format!(
        "Settle answers {status}; the other $20.00 are released"
    ));
    told(receiver, id, "SETTLE", "SUCCESS").await?;
    let reply = caller
        .call("GetTransaction", &[("TransactionId", id)])
        .await?;
    let fee = |name: &str| {
        let part = element(&reply, name).unwrap_or_default();
        element(&part, "Value").unwrap_or_default()
    };
    let (provider, marketplace) = (fee("FPSFees"), fee("MarketplaceFees"));
    step(&format!(
        "the provider's fee is {provider}, the marketplace's {marketplace}"
    ));
    Ok(())
}

async fn cancel(
    caller: &Caller,
    receiver: &Receiver,
    sender: &str,
    recipient: &str,
) -> Result<(), Failure> {
    heading(6, "A second reservation is cancelled");
    let id = hold(caller, (sender, recipient), "order-1002", "25.00").await?;
    caller.wait_for(&id, "Reserved").await?;
    let reply = caller.call("Cancel", &[("TransactionId", &id)]).await?;
    let status = element(&reply, "TransactionStatus").unwrap_or_default();
    step(&format!("Cancel answers {status}"));
    told(receiver, &id, "RESERVE", "CANCELLED").await?;
    match caller
        .call("Settle", &[("ReserveTransactionId", &id)])
        .await
    {
        Ok(_) => Err(Failure::wrong("a cancelled reservation was settled")),
        Err(refused) => {
            good(&format!("settling it now is refused: {}", refused.reason));
            Ok(())
        }
    }
}

async fn expire(
    running: &Running,
    caller: &Caller,
    receiver: &Receiver,
    sender: &str,
    recipient: &str,
) -> Result<(), Failure> {
    heading(
        7,
        "A third one is forgotten: the sandbox's clock moves 8 days",
    );
    let id = hold(caller, (sender, recipient), "order-1003", "30.00").await?;
    caller.wait_for(&id, "Reserved").await?;
    put(running, Ask::ClockAdvance { ms: 8 * 86_400_000 }).await?;
    running.nudge();
    caller.wait_for(&id, "Cancelled").await?;
    let reply = caller
        .call("GetTransactionStatus", &[("TransactionId", &id)])
        .await?;
    let code = element(&reply, "StatusCode").unwrap_or_default();
    step(&format!("its status is Cancelled, StatusCode {code}"));
    told(receiver, &id, "RESERVE", "CANCELLED").await
}
