//! Ids and keys: short texts that compare byte for byte, on every store.

use std::fmt;
use std::sync::Arc;

use super::limit;
use super::violation::Malformed;

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_newtype! {
    /// The last part of a resource name: 1 to 64 of `[A-Za-z0-9._~:@-]`, not `me`, `-`, `.` or `..`.
    Id
}

text_newtype! {
    /// The key of a privilege: 1 to 200 characters of UTF-8 without control characters.
    PrivilegeKey
}

text_newtype! {
    /// A privilege key in which `*` stands for any run of characters.
    PrivilegePattern
}

impl Id {
    /// The id, if `text` is one.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let in_bounds = (1..=limit::ID_CHARS_MAX).contains(&text.len());
        if !in_bounds || !text.bytes().all(is_id_byte) {
            return Err(Malformed::new(format!(
                "must be 1 to {} characters of A-Z a-z 0-9 . _ ~ : @ -",
                limit::ID_CHARS_MAX
            )));
        }
        if matches!(text, "me" | "-" | "." | "..") {
            return Err(Malformed::new("must not be one of the reserved ids: me - . .."));
        }
        Ok(Self(text.into()))
    }
}

impl Id {
    /// An id that the product derives itself and that is valid by construction.
    pub(crate) fn derived(text: String) -> Self {
        debug_assert!(Self::parse(&text).is_ok(), "derived ids are valid");
        Self(text.into())
    }

    /// A new id: a ULID of the instant and 80 random bits, in lower case.
    pub fn from_ulid(now: super::time::Time, random: u128) -> Self {
        let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
        Self::derived(ulid::Ulid::from_parts(millis, random).to_string().to_ascii_lowercase())
    }
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._~:@-".contains(&byte)
}

impl PrivilegeKey {
    /// The key, if `text` is one.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        key_text(text).map(Self)
    }
}

impl PrivilegePattern {
    /// The pattern, if `text` is one: a key that may contain `*`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        key_text(text).map(Self)
    }
}

impl PrivilegePattern {
    /// A pattern of the product itself, valid by construction.
    pub(crate) fn derived(text: String) -> Self {
        Self(text.into())
    }
}

fn key_text(text: &str) -> Result<Arc<str>, Malformed> {
    let chars = text.chars().count();
    if !(1..=limit::PRIVILEGE_KEY_CHARS_MAX).contains(&chars) || text.chars().any(char::is_control) {
        return Err(Malformed::new(format!(
            "must be 1 to {} characters without control characters",
            limit::PRIVILEGE_KEY_CHARS_MAX
        )));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_accepted_at_the_limit_and_refused_one_past_it() {
        assert!(Id::parse(&"x".repeat(64)).is_ok());
        assert!(Id::parse(&"x".repeat(65)).is_err());
        for bad in ["", "me", "-", ".", "..", "a/b", "a b", "é", "a\0"] {
            assert!(Id::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Id::parse("Alice.B_~:@-9").is_ok());
    }

    #[test]
    fn keys_count_characters_and_not_bytes() {
        assert!(PrivilegeKey::parse(&"é".repeat(200)).is_ok());
        assert!(PrivilegeKey::parse(&"é".repeat(201)).is_err());
        assert!(PrivilegeKey::parse("a\u{7f}").is_err());
    }
}
