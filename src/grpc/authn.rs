//! Who calls: from the credentials of a call to its caller.
//!
//! Guarantees: tokens are kept as hashes only, so that no memory dump or log shows one; whoever sends no
//! credentials, more than one, or unknown ones, is nobody. Headers that claim an identity without proving it are
//! never read. Without any token configured (the local mode, for loopback addresses alone) every caller is the local
//! administrator, and an `authorization` header is not looked at.
//!
//! It does not decide what a caller may.

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use rustc_hash::FxHashMap;

use crate::app::caller::Caller;
use crate::app::error::Error;
use crate::domain::name::Subject;
use crate::domain::predefined;

type TokenHash = [u8; 32];

/// Knows whom credentials stand for.
#[derive(Clone)]
pub struct Authenticator {
    callers: Callers,
}

#[derive(Clone)]
enum Callers {
    /// Everybody is this one.
    Local(Caller),
    /// By the hash of the token. A hash tells nothing of how close a guess was, so it may be looked up in any way.
    Tokens(FxHashMap<TokenHash, Caller>),
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.callers {
            Callers::Local(caller) => write!(f, "Authenticator: everybody is {}", caller.name()),
            Callers::Tokens(tokens) => write!(f, "Authenticator of {} tokens", tokens.len()),
        }
    }
}

impl Authenticator {
    /// Every caller is the local administrator.
    pub fn local() -> Self {
        Self { callers: Callers::Local(Caller::new(predefined::local_administrator())) }
    }

    /// Callers are whom their token stands for. Without any token, nobody is.
    pub fn tokens(tokens: impl IntoIterator<Item = (String, Subject)>) -> Self {
        let hashed = tokens.into_iter().map(|(token, subject)| (hash(token.as_bytes()), Caller::new(subject)));
        Self { callers: Callers::Tokens(hashed.collect()) }
    }

    /// The caller of a call with these headers.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<&Caller, Error> {
        match &self.callers {
            Callers::Local(caller) => Ok(caller),
            Callers::Tokens(tokens) => {
                let token = bearer(headers).ok_or(Error::Unauthenticated)?;
                tokens.get(&hash(token)).ok_or(Error::Unauthenticated)
            }
        }
    }
}

fn hash(token: &[u8]) -> TokenHash {
    *blake3::hash(token).as_bytes()
}

/// The token of the one `authorization` header (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(AUTHORIZATION).into_iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.as_bytes().split_at_checked(b"Bearer ".len())?;
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn alice() -> Subject {
        Subject::parse("users/alice").unwrap()
    }

    fn called(values: &[&str]) -> Result<Subject, Error> {
        let mut headers = HeaderMap::new();
        headers.insert("x-user", "users/alice".parse().unwrap());
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        let authenticator = Authenticator::tokens([(TOKEN.to_owned(), alice())]);
        authenticator.caller(&headers).map(|caller| caller.subject.clone())
    }

    #[test]
    fn a_known_token_is_its_subject() {
        assert_eq!(called(&["Bearer 0123456789abcdef"]), Ok(alice()));
        assert_eq!(called(&["bearer 0123456789abcdef"]), Ok(alice()));
    }

    #[test]
    fn whoever_proves_nothing_is_nobody() {
        for values in [
            &[][..],
            &[""],
            &["Bearer"],
            &["Bearer "],
            &["Bearer 0123456789abcdeg"],
            &["Bearer 0123456789abcde"],
            &["Bearer  0123456789abcdef"],
            &["Bearer 0123456789abcdef "],
            &["Basic 0123456789abcdef"],
            &["0123456789abcdef"],
            &["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"],
        ] {
            assert_eq!(called(values), Err(Error::Unauthenticated), "{values:?}");
        }
        let nobody = Authenticator::tokens([]);
        assert!(nobody.caller(&HeaderMap::new()).is_err());
    }

    #[test]
    fn without_tokens_everybody_is_the_local_administrator() {
        let caller = Authenticator::local().caller(&HeaderMap::new()).cloned();
        assert_eq!(caller.map(|caller| caller.name()), Ok("clients/local-administrator".to_owned()));
    }

    #[test]
    fn no_token_is_shown() {
        let shown = format!("{:?}", Authenticator::tokens([(TOKEN.to_owned(), alice())]));
        assert!(!shown.contains(TOKEN), "{shown}");
    }
}
