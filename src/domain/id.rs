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

text_newtype! {
    /// The kind of a foreign resource: 1 to 128 of `[A-Za-z0-9._:~-]`, and no collection of ours.
    ResourceKind
}

text_newtype! {
    /// What another service calls its resource: 1 to 256 bytes of UTF-8 without control characters.
    ForeignId
}

/// The collections of resource names. Each is a kind of our own, and no foreign resource bears one.
pub const COLLECTIONS: [&str; 14] = [
    "applications",
    "authSources",
    "clients",
    "groups",
    "permissionBoundaries",
    "privilegeGroups",
    "privileges",
    "resources",
    "roleAssignments",
    "roles",
    "scopes",
    "tenants",
    "traversalSpecs",
    "users",
];

impl ResourceKind {
    /// The kind, if `text` is one that a foreign resource can bear.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        Self::check_form(text)?;
        if COLLECTIONS.contains(&text) {
            return Err(Malformed::new("must not be a collection of this server, such as users or roles"));
        }
        Ok(Self(text.into()))
    }

    /// Refuses what has not the form of a kind, of ours or foreign.
    pub fn check_form(text: &str) -> Result<(), Malformed> {
        if (1..=limit::KIND_CHARS_MAX).contains(&text.len()) && consists_of(&KIND_BYTES, text) {
            return Ok(());
        }
        Err(Malformed::new(format!("the kind must be 1 to {} of A-Z a-z 0-9 . _ : ~ -", limit::KIND_CHARS_MAX)))
    }
}

impl ForeignId {
    /// The id, if `text` is one.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        Self::check_form(text)?;
        Ok(Self(text.into()))
    }

    /// Refuses what is no such id.
    pub fn check_form(text: &str) -> Result<(), Malformed> {
        let bytes_max = limit::FOREIGN_ID_BYTES_MAX;
        if (1..=bytes_max).contains(&text.len()) && !has_control(text) {
            return Ok(());
        }
        Err(Malformed::new(format!("must be 1 to {bytes_max} bytes without control characters")))
    }
}

/// An id in the text that it was read in: a question is decided without a copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdRef<'a>(&'a str);

impl<'a> IdRef<'a> {
    /// The id, if `text` is one.
    pub fn parse(text: &'a str) -> Result<Self, Malformed> {
        let in_bounds = (1..=limit::ID_CHARS_MAX).contains(&text.len());
        if !in_bounds || !consists_of(&ID_BYTES, text) {
            return Err(Malformed::new(format!(
                "must be 1 to {} characters of A-Z a-z 0-9 . _ ~ : @ -",
                limit::ID_CHARS_MAX
            )));
        }
        if matches!(text, "me" | "-" | "." | "..") {
            return Err(Malformed::new("must not be one of the reserved ids: me - . .."));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// A copy that stays.
    pub fn to_id(self) -> Id {
        Id(self.0.into())
    }
}

impl fmt::Display for IdRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Id {
    /// The id, if `text` is one.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        IdRef::parse(text).map(IdRef::to_id)
    }

    /// The same without a copy.
    pub fn borrowed(&self) -> IdRef<'_> {
        IdRef(&self.0)
    }

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

/// Which bytes a text may consist of: every check reads some texts, and each byte is one look.
type Bytes = [bool; 256];

const ID_BYTES: Bytes = letters_digits_and(b"._~:@-");
const KIND_BYTES: Bytes = letters_digits_and(b"._:~-");

#[expect(clippy::indexing_slicing, reason = "there is a place for each byte; reckoned when it is compiled")]
const fn letters_digits_and(more: &[u8]) -> Bytes {
    let mut bytes = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        bytes[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < more.len() {
        bytes[more[at] as usize] = true;
        at += 1;
    }
    bytes
}

#[expect(clippy::indexing_slicing, reason = "there is a place for each byte")]
fn consists_of(bytes: &Bytes, text: &str) -> bool {
    text.bytes().all(|byte| bytes[usize::from(byte)])
}

/// Whether all is printable ASCII, as it nearly always is: looked at without a branch for each byte.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

fn has_control(text: &str) -> bool {
    !is_plain(text) && text.chars().any(char::is_control)
}

impl PrivilegeKey {
    /// The key, if `text` is one.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        key_text(text).map(Self)
    }

    /// Refuses what is no key.
    pub fn check_form(text: &str) -> Result<(), Malformed> {
        check_key_form(text)
    }
}

impl PrivilegePattern {
    /// The pattern, if `text` is one: a key that may contain `*`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        key_text(text).map(Self)
    }
}

macro_rules! derived {
    ($($name:ident)*) => {
        $(impl $name {
            /// A text that the product makes itself and that is valid by construction.
            pub(crate) fn derived(text: String) -> Self {
                Self(text.into())
            }
        })*
    };
}

derived! { PrivilegeKey PrivilegePattern ResourceKind ForeignId }

fn key_text(text: &str) -> Result<Arc<str>, Malformed> {
    check_key_form(text).map(|()| text.into())
}

fn check_key_form(text: &str) -> Result<(), Malformed> {
    let chars = if text.is_ascii() { text.len() } else { text.chars().count() };
    if !(1..=limit::PRIVILEGE_KEY_CHARS_MAX).contains(&chars) || has_control(text) {
        return Err(Malformed::new(format!(
            "must be 1 to {} characters without control characters",
            limit::PRIVILEGE_KEY_CHARS_MAX
        )));
    }
    Ok(())
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
    fn a_foreign_resource_bears_no_collection_of_ours_and_an_id_counts_bytes() {
        assert!(ResourceKind::parse("VMWARE::HostSystem").is_ok());
        assert!(ResourceKind::parse(&"k".repeat(128)).is_ok());
        for bad in ["", "a/b", "a b", "a@b", "é", "users", "resources", "roleAssignments", &"k".repeat(129)] {
            assert!(ResourceKind::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ForeignId::parse(&"é".repeat(128)).is_ok());
        assert!(ForeignId::parse(&"x".repeat(257)).is_err());
        for bad in ["", "a\nb", "\u{85}"] {
            assert!(ForeignId::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ForeignId::parse("a/b//c d/").is_ok());
    }

    #[test]
    fn keys_count_characters_and_not_bytes() {
        assert!(PrivilegeKey::parse(&"é".repeat(200)).is_ok());
        assert!(PrivilegeKey::parse(&"é".repeat(201)).is_err());
        assert!(PrivilegeKey::parse("a\u{7f}").is_err());
    }
}
