//! A request: first as a stranger sent it, then with proof of who did.
//!
//! [`Call::read`] finds the version, the action and the credentials, and refuses what cannot be a request
//! at all. [`Call::verify`] checks the signature and the time. Only then, as [`VerifiedCall`], does
//! a request give out its parameters.

use aws_lc_rs::digest;
use payments::{AccessKeyId, Credential, Timestamp};
use signing::form::{self, Pair};
use signing::hosts::PublicNames;
use signing::request::{self, Inbound, Method, SIGNATURE_API, SignatureVersion};
use signing::{Secret, Verb};

use crate::{Action, Version, WireError, instant};

/// How far a request's time may be from now, either way: 15 minutes.
pub const REPLAY_WINDOW_MS: u64 = 15 * 60 * 1_000;

/// A request that nobody has vouched for.
#[derive(Debug)]
pub struct Call<'a> {
    verb: Verb,
    host: &'a str,
    path: &'a str,
    pairs: Vec<Pair<'a>>,
    repeats: bool,
    version: Version,
    action: Action,
    date: Option<Timestamp>,
    credentials: Option<Credentials>,
}

/// Who says to have signed, and how.
#[derive(Debug)]
struct Credentials {
    key: AccessKeyId,
    scheme: Scheme,
}

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    V1,
    V2(Method),
}

/// What a signature is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// The secret of the access key that the call names.
    pub secret: &'a Secret,
    /// The names under which this server is known, beside what the `Host` header says.
    pub names: &'a PublicNames,
    /// The time, in reality.
    pub now: Timestamp,
    /// Whether signatures of version 1 count. They cover neither verb nor host nor path.
    pub accepts_version_1: bool,
}

/// A request whose sender is known, or that needs none. Made by [`Call::verify`], [`Call::unsigned`]
/// and their likes of [`crate::soap::Message`] only.
#[derive(Debug)]
pub struct VerifiedCall<'a> {
    pub(crate) pairs: Vec<Pair<'a>>,
    pub(crate) version: Version,
    pub(crate) action: Action,
    pub(crate) date: Timestamp,
    pub(crate) credential: Credential,
    pub(crate) mark: [u8; 16],
}

impl<'a> Call<'a> {
    /// Reads the parameters of a request, decoded, those of the query and of the body in one list.
    /// `host` is the `Host` header as sent, or the host of an absolute request line.
    ///
    /// # Errors
    /// `InvalidParams` naming what is missing, malformed, or sent twice with different values;
    /// `InvalidParameterValue` for the time; `InvalidClientTokenId` for what cannot be an access key.
    pub fn read(
        verb: Verb,
        host: &'a str,
        path: &'a str,
        pairs: Vec<Pair<'a>>,
    ) -> Result<Call<'a>, WireError> {
        let repeats = check_repeats(&pairs)?;
        let version = required(&pairs, "Version")?;
        let version = Version::parse(version).ok_or_else(|| WireError::unknown_version(version))?;
        let action = required(&pairs, "Action")?;
        let action = Action::parse(action).ok_or_else(|| WireError::unknown_action(action))?;
        let credentials = if action.may_be_unsigned() && present(&pairs, SIGNATURE_API).is_none() {
            None
        } else {
            Some(Credentials::read(&pairs)?)
        };
        let date = match present(&pairs, "Timestamp") {
            Some(text) => Some(instant::parse(text).ok_or_else(|| WireError::bad_timestamp(text))?),
            None if credentials.is_some() => return Err(WireError::missing("Timestamp")),
            None => None,
        };
        Ok(Call {
            verb,
            host,
            path,
            pairs,
            repeats,
            version,
            action,
            date,
            credentials,
        })
    }

    /// The version it speaks.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// What it asks for.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The access key that is said to have signed it; none when it comes without a signature, which
    /// only VerifySignature may.
    pub fn access_key(&self) -> Option<&AccessKeyId> {
        self.credentials
            .as_ref()
            .map(|credentials| &credentials.key)
    }

    /// Lets a request pass that has no signature and needs none.
    ///
    /// # Errors
    /// `InvalidParams` when it needs one; `RequestExpired`.
    pub fn unsigned(self, now: Timestamp) -> Result<VerifiedCall<'a>, WireError> {
        if self.credentials.is_some() {
            return Err(WireError::wrong_signature());
        }
        self.check_time(now)?;
        Ok(self.trusted())
    }

    /// Checks time and signature.
    ///
    /// # Errors
    /// `RequestExpired`, then `SignatureDoesNotMatch`.
    pub fn verify(self, check: &Check) -> Result<VerifiedCall<'a>, WireError> {
        self.check_time(check.now)?;
        let Some(credentials) = &self.credentials else {
            return Err(WireError::missing(SIGNATURE_API));
        };
        let scheme = credentials.scheme;
        if scheme == Scheme::V1 && !check.accepts_version_1 {
            return Err(WireError::malformed("SignatureVersion", "2", "1"));
        }
        let signature = present(&self.pairs, SIGNATURE_API).unwrap_or_default();
        let signed = self.is_signed(scheme, &self.pairs, signature, check)
            // Clients that keep their parameters in a map sign a repeated one once.
            || self.repeats && self.is_signed(scheme, &once_each(&self.pairs), signature, check);
        if !signed {
            return Err(WireError::wrong_signature());
        }
        Ok(self.trusted())
    }

    fn is_signed(
        &self,
        scheme: Scheme,
        pairs: &[Pair<'a>],
        signature: &str,
        check: &Check,
    ) -> bool {
        match scheme {
            Scheme::V1 => request::verify_v1(check.secret, pairs, SIGNATURE_API, signature),
            Scheme::V2(method) => {
                // Clients configured without the slash at the end sign an empty path.
                let paths: &[&str] = match self.path {
                    "" | "/" => &["/", ""],
                    path => &[path],
                };
                let inbound = Inbound {
                    verb: self.verb,
                    hosts: &check.names.candidates(self.host),
                    paths,
                    pairs,
                    signature_name: SIGNATURE_API,
                };
                request::verify_v2(check.secret, method, &inbound, signature)
            }
        }
    }

    fn check_time(&self, now: Timestamp) -> Result<(), WireError> {
        match self.date {
            Some(date) if REPLAY_WINDOW_MS < now.ms_since(date).unsigned_abs() => {
                Err(WireError::expired(date))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Believes it. Everything that makes a [`VerifiedCall`] ends here.
    pub(crate) fn trusted(self) -> VerifiedCall<'a> {
        let mark = mark(&self.pairs, self.action, self.credentials.as_ref());
        VerifiedCall {
            mark,
            pairs: self.pairs,
            version: self.version,
            action: self.action,
            date: self.date.unwrap_or_default(),
            credential: self.credentials.map_or(Credential::None, |credentials| {
                Credential::AccessKey(credentials.key)
            }),
        }
    }
}

impl VerifiedCall<'_> {
    /// The version it speaks, and is answered in.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// What it asks for.
    pub const fn action(&self) -> Action {
        self.action
    }
}

impl Credentials {
    fn read(pairs: &[Pair]) -> Result<Credentials, WireError> {
        let key = required(pairs, "AWSAccessKeyId")?;
        let key = AccessKeyId::parse(key).ok_or_else(WireError::unknown_access_key)?;
        let version = required(pairs, "SignatureVersion")?;
        let scheme = match SignatureVersion::parse(Some(version)) {
            Some(SignatureVersion::V1) => Scheme::V1,
            Some(SignatureVersion::V2) => {
                let name = required(pairs, "SignatureMethod")?;
                let expected = "HmacSHA256 or HmacSHA1";
                Scheme::V2(
                    Method::parse(name)
                        .ok_or_else(|| WireError::malformed("SignatureMethod", expected, name))?,
                )
            }
            // Version 0 covers no parameter of the request.
            Some(SignatureVersion::V0) | None => {
                return Err(WireError::malformed("SignatureVersion", "1 or 2", version));
            }
        };
        required(pairs, SIGNATURE_API)?;
        Ok(Credentials { key, scheme })
    }
}

/// Digests who signed what. The signature is itself a digest, under the caller's secret, of everything
/// the request says; so a resent request has the same mark, and a request signed anew another.
fn mark(pairs: &[Pair], action: Action, credentials: Option<&Credentials>) -> [u8; 16] {
    let signature = present(pairs, SIGNATURE_API).unwrap_or_default();
    let (key, scheme) = match credentials {
        Some(Credentials { key, scheme }) => (key.as_str(), *scheme),
        None => ("", Scheme::V1),
    };
    let scheme = match scheme {
        Scheme::V1 => "1",
        Scheme::V2(method) => method.as_str(),
    };
    let parts = [action.as_str(), key, scheme, signature.trim()];
    digest_of(&parts.map(str::as_bytes))
}

/// The mark that some parts make. The last may be any bytes; the others have no line feed.
pub(crate) fn digest_of(parts: &[&[u8]]) -> [u8; 16] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
        context.update(b"\n");
    }
    let mut mark = [0; 16];
    let digest = context.finish();
    mark.copy_from_slice(&digest.as_ref()[..16]);
    mark
}

/// Whether a parameter comes twice; an error when its values differ.
fn check_repeats(pairs: &[Pair]) -> Result<bool, WireError> {
    let mut repeats = false;
    for (at, (name, value)) in pairs.iter().enumerate() {
        if let Some((_, earlier)) = pairs[..at].iter().find(|(earlier, _)| earlier == name) {
            if earlier != value {
                return Err(WireError::repeated(name));
            }
            repeats = true;
        }
    }
    Ok(repeats)
}

fn once_each<'a>(pairs: &[Pair<'a>]) -> Vec<Pair<'a>> {
    let mut kept: Vec<Pair<'a>> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        if !kept.contains(pair) {
            kept.push(pair.clone());
        }
    }
    kept
}

/// A common parameter that says something.
fn present<'p>(pairs: &'p [Pair], name: &str) -> Option<&'p str> {
    form::value(pairs, name).filter(|value| !value.is_empty())
}

fn required<'p>(pairs: &'p [Pair], name: &str) -> Result<&'p str, WireError> {
    present(pairs, name).ok_or_else(|| WireError::missing(name))
}
