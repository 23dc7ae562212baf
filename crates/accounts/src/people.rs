//! Signing up and signing in by e-mail address.

use payments::commands::CreateAccount;
use payments::rows::{Account, AccountStatus, AccountType};
use payments::{AccountKey, Outcome, ReadSet, Refusal};
use store::{Outage, Store};

use crate::password::{self, Password, SALT_BYTES};

/// Characters of a name at most.
pub const NAME_CHARACTERS_MAX: usize = 128;
/// Bytes of an e-mail address at most, as mail servers accept.
pub const EMAIL_BYTES_MAX: usize = 254;
/// The domain of addresses that the server itself gives to accounts; nobody can sign up with one. Mail
/// never arrives there: the top-level domain is reserved for that.
pub const STAND_IN_DOMAIN: &str = "stand-in.invalid";
/// Bytes before the `@` at most.
const LOCAL_BYTES_MAX: usize = 64;

/// An e-mail address in the one form in which it is stored and looked up: lower case, no space
/// around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address. Only what cannot be one is refused; whether mail arrives is another
    /// question.
    pub fn parse(text: &str) -> Option<Email> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@')?;
        let fits = text.len() <= EMAIL_BYTES_MAX && local.len() <= LOCAL_BYTES_MAX;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"(),:;\\@".contains(c);
        let labels = domain.split('.').all(|label| {
            let inner = |c: char| c.is_alphanumeric() || c == '-';
            !label.is_empty() && label.chars().all(inner)
        });
        let dots = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        let ours = domain == STAND_IN_DOMAIN;
        (fits && !ours && !local.is_empty() && local.chars().all(plain) && labels && dots)
            .then_some(Email(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name as it is stored: without space around it, 1 to [`NAME_CHARACTERS_MAX`] characters.
pub fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=NAME_CHARACTERS_MAX).contains(&text.chars().count());
    (fits && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// Somebody who signs up.
pub struct NewPerson {
    /// Personal, business or developer.
    pub kind: AccountType,
    /// Name of the person or the business.
    pub name: String,
    /// Their address.
    pub email: Email,
    /// Whether the address is known to be theirs.
    pub email_verified: bool,
    /// Whether it may call for other recipients.
    pub marketplace: bool,
    /// Where notifications go.
    pub ipn_url: Option<String>,
    /// Their password.
    pub password: Password,
    /// The sealed secret of their webhook signatures.
    pub webhook_secret: Option<Vec<u8>>,
}

/// Makes an account that can sign in; `Err` within is why not (the address is taken).
pub async fn sign_up(
    store: &dyn Store,
    person: NewPerson,
    salt: [u8; SALT_BYTES],
) -> Result<Result<AccountKey, Refusal>, Outage> {
    let password_hash = password::hash(person.password, salt).await?;
    let command = CreateAccount {
        kind: person.kind,
        name: person.name,
        email: person.email.0,
        email_verified: person.email_verified,
        marketplace: person.marketplace,
        ipn_url: person.ipn_url,
        password_hash: Some(password_hash),
        webhook_secret: person.webhook_secret,
    };
    match store.submit(command.into()).await? {
        Ok(Outcome::Account(key)) => Ok(Ok(key)),
        Err(refusal) => Ok(Err(refusal)),
        Ok(
            other @ (Outcome::Transaction { .. }
            | Outcome::Tokens { .. }
            | Outcome::Tally { .. }
            | Outcome::Instrument(_)
            | Outcome::Subscription(_)
            | Outcome::WebhookSecret { .. }
            | Outcome::Done),
        ) => Err(Outage::Failed {
            doing: "making an account",
            reason: format!("it was answered with {other:?}"),
        }),
    }
}

/// The account that an address and a password belong to. A wrong address and a wrong password take
/// the same time and give the same answer. A closed account cannot sign in.
pub async fn sign_in(
    store: &dyn Store,
    email: &str,
    password: &str,
) -> Result<Option<Account>, Outage> {
    let account = match Email::parse(email) {
        Some(email) => by_email(store, &email).await?,
        None => None,
    };
    let account = account.filter(|account| account.status != AccountStatus::Closed);
    let hash = account
        .as_ref()
        .and_then(|account| account.password_hash.as_deref());
    let right = password::verify(password, hash).await?;
    Ok(account.filter(|_| right))
}

/// The account of an address.
pub async fn by_email(store: &dyn Store, email: &Email) -> Result<Option<Account>, Outage> {
    let mut want = ReadSet::default();
    want.emails.insert(email.0.clone());
    let seen = store.see(want).await?;
    match seen.emails.get(&email.0) {
        Some(key) => by_key(store, *key).await,
        None => Ok(None),
    }
}

/// The account with a key.
pub async fn by_key(store: &dyn Store, key: AccountKey) -> Result<Option<Account>, Outage> {
    let mut want = ReadSet::default();
    want.accounts.insert(key);
    let seen = store.see(want).await?;
    Ok(seen.accounts.get(&key).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        for (text, email) in [
            (" Ada@Example.COM ", Some("ada@example.com")),
            ("o'brien+x@mail.example", Some("o'brien+x@mail.example")),
            ("root@localhost", Some("root@localhost")),
            ("jürgen@müller.example", Some("jürgen@müller.example")),
            ("", None),
            ("ada", None),
            ("@example.com", None),
            ("ada@", None),
            ("ada@exa mple.com", None),
            ("a da@example.com", None),
            ("ada@example..com", None),
            ("ada..x@example.com", None),
            ("ada@b@example.com", None),
            ("ada@example.com\r\nBcc: x", None),
            ("<ada@example.com>", None),
        ] {
            assert_eq!(
                Email::parse(text).as_ref().map(Email::as_str),
                email,
                "{text:?}"
            );
        }
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(Email::parse(&long), None);
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  Ada Fern ").as_deref(), Some("Ada Fern"));
        assert_eq!(name("   "), None);
        assert_eq!(name("a\nb"), None);
        assert!(name(&"é".repeat(128)).is_some());
        assert!(name(&"é".repeat(129)).is_none());
    }
}
