//! Sandbox worlds: somebody to call, somebody to pay, somebody to be paid.

use std::sync::Arc;

use money::{Amount, Currency, Rate};
use payments::command::Outcome;
use payments::commands::{AddInstrument, Deposit, InstallTokens};
use payments::rows::{
    AccountType, AmountRule, Card, PaymentMethod, RecipientTerms, TokenRole, TokenType,
};
use payments::{AccountKey, CallerReference, InstrumentKey, Mode, TokenId, TokenKey};
use serde_json::{Value, json};
use vault::Purpose;

use super::accounts::{self, New, checked_url};
use super::{NotDone, not_done};
use crate::app::App;
use crate::random;

/// The card that is always approved.
const APPROVED_CARD: &str = "4242424242424242";
/// Callers of a load-test world at most.
const CALLERS_MAX: usize = 10_000;
/// Tokens of a load-test world at most.
const TOKENS_MAX: usize = 10_000_000;
/// Commands under way while a large world is made.
const UNDER_WAY_MAX: usize = 512;

/// The three of a sandbox, with what they sign in with.
struct People {
    caller: (AccountKey, Login),
    sender: (AccountKey, Login),
    recipient: (AccountKey, Login),
}

/// What somebody signs in with.
struct Login {
    email: String,
    password: String,
}

/// A fresh caller, recipient and sender, with keys, tokens and passwords.
pub(super) async fn environment(app: &Arc<App>, ipn_url: Option<String>) -> Result<Value, NotDone> {
    refuse_production(app)?;
    let own = own_address(app)?;
    let people = people(app, ipn_url).await?;
    let (caller, sender, recipient) = (people.caller.0, people.sender.0, people.recipient.0);
    let (key, secret) = accounts::create_key(app, caller).await?;
    let card = add_card(app, sender).await?;
    for account in [sender, caller] {
        let amount = dollars(1_000)?;
        app.store
            .submit(Deposit { account, amount }.into())
            .await??;
    }
    let accepted = install(app, recipient_token(caller, recipient)?).await?;
    let single = InstallTokens {
        kind: TokenType::SingleUse,
        total_max: Some(dollars(1_000)?),
        each: Some(AmountRule::Maximum(dollars(1_000)?)),
        ..sender_token(caller, sender, card, accepted.1)?
    };
    let multi = install(app, sender_token(caller, sender, card, accepted.1)?).await?;
    let single = install(app, single).await?;
    Ok(json!({
        "FPS_ENDPOINT": format!("{own}/"),
        "CBUI_ENDPOINT": format!("{own}/cobranded-ui/actions/start"),
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "SENDER_TOKEN": multi.0.as_str(),
        "SINGLE_USE_SENDER_TOKEN": single.0.as_str(),
        "RECIPIENT_TOKEN": accepted.0.as_str(),
        "CONSOLE_URL": format!("{own}/console/"),
        "CALLER_EMAIL": people.caller.1.email,
        "CALLER_PASSWORD": people.caller.1.password,
        "SENDER_EMAIL": people.sender.1.email,
        "SENDER_PASSWORD": people.sender.1.password,
        "RECIPIENT_EMAIL": people.recipient.1.email,
        "RECIPIENT_PASSWORD": people.recipient.1.password,
    }))
}

/// What clients are to be told; refused before anything is made where nobody knows it.
fn own_address(app: &App) -> Result<&str, NotDone> {
    let unknown = "nobody knows yet where the server will listen: `listen` leaves the port open. \
        Start it first";
    let own = app.own_address.as_deref();
    own.ok_or_else(|| NotDone(unknown.to_owned()))
}

async fn people(app: &Arc<App>, ipn_url: Option<String>) -> Result<People, NotDone> {
    let id = random::request_id();
    let tag = id.split('-').next().unwrap_or_default();
    let login = |role: &str| Login {
        email: format!("{role}-{tag}@sandbox.example"),
        password: random::request_id(),
    };
    let (caller, sender, recipient) = (login("caller"), login("sender"), login("recipient"));
    let new = |kind, name: &'static str, login: &Login| {
        let (email, password) = (login.email.clone(), login.password.clone());
        let marketplace = kind == AccountType::Developer;
        let ipn_url = ipn_url.clone().filter(|_| marketplace);
        async move {
            let ipn_url = ipn_url.map(|url| checked_url(&url)).transpose()?;
            let (email, password) = (Some(email.as_str()), Some(password.as_str()));
            let new = New {
                kind,
                name,
                email,
                password,
                marketplace,
                ipn_url,
            };
            accounts::create(app, new).await
        }
    };
    Ok(People {
        caller: (
            new(AccountType::Developer, "Test Marketplace", &caller).await?,
            caller,
        ),
        sender: (
            new(AccountType::Personal, "Test Sender", &sender).await?,
            sender,
        ),
        recipient: (
            new(AccountType::Business, "Test Business", &recipient).await?,
            recipient,
        ),
    })
}

/// Callers with keys and multi-use tokens for load tests; the accounts have no passwords.
pub(super) async fn large(app: &Arc<App>, callers: usize, tokens: usize) -> Result<Value, NotDone> {
    refuse_production(app)?;
    let own = own_address(app)?;
    if !(1..=CALLERS_MAX).contains(&callers) || TOKENS_MAX < tokens {
        return not_done(format!(
            "1 to {CALLERS_MAX} callers and up to {TOKENS_MAX} tokens"
        ));
    }
    let mut made = Vec::with_capacity(callers);
    for number in 0..callers {
        let name = format!("Caller {number}");
        let caller = bare(app, AccountType::Developer, &name).await?;
        let (key, secret) = accounts::create_key(app, caller).await?;
        made.push((caller, key, secret));
    }
    let sender = bare(app, AccountType::Personal, "Sender").await?;
    let card = add_card(app, sender).await?;
    let mut lists: Vec<Vec<String>> = vec![Vec::new(); callers];
    let mut under_way = tokio::task::JoinSet::new();
    for number in 0..tokens {
        let owner = number % callers;
        let command = InstallTokens {
            recipients: Vec::new(),
            ..sender_token(made[owner].0, sender, card, TokenKey(0))?
        };
        if UNDER_WAY_MAX <= under_way.len() {
            collect(&mut under_way, &mut lists).await?;
        }
        let app = app.clone();
        under_way.spawn(async move { (owner, install(&app, command).await) });
    }
    while !under_way.is_empty() {
        collect(&mut under_way, &mut lists).await?;
    }
    let callers = made.into_iter().zip(lists).map(|((_, key, secret), tokens)| {
        json!({ "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "SENDER_TOKENS": tokens })
    });
    Ok(json!({
        "FPS_ENDPOINT": format!("{own}/"),
        "callers": callers.collect::<Vec<_>>(),
    }))
}

type Installing = tokio::task::JoinSet<(usize, Result<(TokenId, TokenKey), NotDone>)>;

async fn collect(under_way: &mut Installing, lists: &mut [Vec<String>]) -> Result<(), NotDone> {
    if let Some(joined) = under_way.join_next().await {
        let (owner, installed) = joined.or_else(not_done)?;
        lists[owner].push(installed?.0.to_string());
    }
    Ok(())
}

fn refuse_production(app: &Arc<App>) -> Result<(), NotDone> {
    if app.settings.mode == Mode::Production {
        return not_done("only a sandbox has worlds to try things in");
    }
    Ok(())
}

fn dollars(dollars: i64) -> Result<Amount, NotDone> {
    match Amount::from_cents(dollars * 100, Currency::USD) {
        Some(amount) => Ok(amount),
        None => not_done("an amount out of range"),
    }
}

async fn bare(app: &Arc<App>, kind: AccountType, name: &str) -> Result<AccountKey, NotDone> {
    let (email, password, ipn_url) = (None, None, None);
    accounts::create(
        app,
        New {
            kind,
            name,
            email,
            password,
            marketplace: false,
            ipn_url,
        },
    )
    .await
}

/// The always approved test card.
async fn add_card(app: &Arc<App>, account: AccountKey) -> Result<InstrumentKey, NotDone> {
    let number = APPROVED_CARD.as_bytes();
    let sealed = app
        .vault
        .seal(Purpose::CardNumber, account.0, number, random::bytes());
    let moment = app.store.now().await?;
    let year = jiff::Timestamp::from_millisecond(moment.product.0).or_else(not_done)?;
    let year = year
        .to_zoned(jiff::tz::TimeZone::UTC)
        .year()
        .saturating_add(10);
    let card = Card {
        brand: "Visa".to_owned(),
        last_four: "4242".to_owned(),
        expiry_month: 12,
        expiry_year: u16::try_from(year).or_else(not_done)?,
        name: "Test Sender".to_owned(),
    };
    let sealed_number = sealed.into_bytes();
    match app
        .store
        .submit(
            AddInstrument {
                account,
                means: payments::rows::Means::Card(card),
                sealed_number,
            }
            .into(),
        )
        .await??
    {
        Outcome::Instrument(key) => Ok(key),
        Outcome::Transaction { .. }
        | Outcome::Tokens { .. }
        | Outcome::Tally { .. }
        | Outcome::Account(_)
        | Outcome::Subscription(_)
        | Outcome::WebhookSecret { .. }
        | Outcome::Done => not_done("the store gave another answer"),
    }
}

fn sender_token(
    caller: AccountKey,
    sender: AccountKey,
    card: InstrumentKey,
    recipient: TokenKey,
) -> Result<InstallTokens, NotDone> {
    Ok(InstallTokens {
        installer: caller,
        account: sender,
        caller_reference: fresh_reference("sender")?,
        kind: TokenType::MultiUse,
        role: TokenRole::Sender,
        payment_reason: Some("Sandbox purchases".to_owned()),
        method: Some(PaymentMethod::Card),
        instrument: Some(card),
        valid_from: None,
        expires_at: None,
        each: None,
        total_max: Some(dollars(100_000_000)?),
        limits: Vec::new(),
        recipients: vec![recipient],
        also_caller: true,
        reserve: true,
        terms: None,
    })
}

fn recipient_token(caller: AccountKey, recipient: AccountKey) -> Result<InstallTokens, NotDone> {
    Ok(InstallTokens {
        account: recipient,
        caller_reference: fresh_reference("recipient")?,
        role: TokenRole::Recipient,
        payment_reason: None,
        method: None,
        instrument: None,
        total_max: None,
        recipients: Vec::new(),
        also_caller: false,
        reserve: false,
        terms: Some(RecipientTerms {
            fixed_max: Some(dollars(5)?),
            rate_max: Rate::from_millionths(200_000),
            recipient_pays_fee: true,
            methods: vec![
                PaymentMethod::Card,
                PaymentMethod::Bank,
                PaymentMethod::Balance,
            ],
        }),
        ..sender_token(caller, recipient, InstrumentKey(0), TokenKey(0))?
    })
}

fn fresh_reference(role: &str) -> Result<CallerReference, NotDone> {
    let text = format!("sandbox-{role}-{}", random::request_id());
    CallerReference::parse(&text).or_else(|_| not_done("a reference"))
}

async fn install(app: &Arc<App>, command: InstallTokens) -> Result<(TokenId, TokenKey), NotDone> {
    match app.store.submit(command.into()).await?? {
        Outcome::Tokens { token, .. } => match token.key() {
            Some(key) => Ok((token, key)),
            None => not_done("a token without a row"),
        },
        Outcome::Transaction { .. }
        | Outcome::Tally { .. }
        | Outcome::Account(_)
        | Outcome::Instrument(_)
        | Outcome::Subscription(_)
        | Outcome::WebhookSecret { .. }
        | Outcome::Done => not_done("the store gave another answer"),
    }
}
