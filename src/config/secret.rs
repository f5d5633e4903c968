//! The server's secret, and how a secret is read from a file.
//!
//! Guarantees: neither `Debug` nor an error shows a byte of it. It derives no keys.

use std::fmt;
use std::fs;
use std::path::Path;

use data_encoding::HEXLOWER_PERMISSIVE;

use super::reader::Reader;

/// The least length of a secret, in bytes after hex is decoded.
pub const SECRET_BYTES_MIN: usize = 32;

/// No file that holds a secret is larger, in bytes.
const SECRET_FILE_BYTES_MAX: u64 = 64 << 10;

/// At least 32 bytes that nobody else knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A secret from what was configured: hexadecimal digits are decoded, anything else is taken
    /// as it is. `None` when fewer than [`SECRET_BYTES_MIN`] bytes are left.
    pub fn parse(written: &[u8]) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE.decode(written).unwrap_or_else(|_| written.to_vec());
        (bytes.len() >= SECRET_BYTES_MIN).then_some(Self(bytes))
    }

    /// The deployment's key, from which all others are derived.
    pub fn key(&self) -> [u8; 32] {
        blake3::derive_key("bailiwick deployment secret v1", &self.0)
    }

    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let written = reader.text("secret").map(String::into_bytes);
        let file = reader.text("secret_file");
        let (key, bytes) = match (written, file) {
            (Some(_), Some(_)) => {
                reader.refuse("secret", "is set beside secret_file: set one of them");
                return None;
            }
            (Some(bytes), None) => ("secret", bytes),
            (None, Some(path)) => ("secret_file", read_file("secret_file", &path, reader)?),
            (None, None) => return None,
        };
        let secret = Self::parse(&bytes);
        if secret.is_none() {
            reader.refuse(key, "needs at least 32 bytes, or 64 hexadecimal digits (openssl rand -hex 32)");
        }
        secret
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The contents of a file that holds one secret, without the newline that editors put at its end.
pub(super) fn read_file(key: &str, path: &str, reader: &mut Reader) -> Option<Vec<u8>> {
    let contents = match fs::metadata(Path::new(path)) {
        Ok(found) if found.len() > SECRET_FILE_BYTES_MAX => Err("is larger than 64 KiB".to_owned()),
        _ => fs::read(path).map_err(|error| format!("cannot be read: {error}")),
    };
    match contents {
        Ok(mut bytes) => {
            while bytes.last().is_some_and(|last| matches!(last, b'\n' | b'\r')) {
                bytes.pop();
            }
            Some(bytes)
        }
        Err(problem) => {
            reader.refuse(key, format!("{path:?} {problem}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn hexadecimal_digits_are_decoded_and_anything_else_is_taken_as_it_is() {
        assert_eq!(Secret::parse("Ab".repeat(32).as_bytes()).unwrap().0, [0xab; 32]);
        assert_eq!(Secret::parse(&[b'x'; 32]).unwrap().0, [b'x'; 32]);
    }

    #[test]
    fn a_secret_of_31_bytes_is_too_short() {
        assert_eq!(Secret::parse(&[b'x'; SECRET_BYTES_MIN - 1]), None);
        assert_eq!(Secret::parse("ab".repeat(SECRET_BYTES_MIN - 1).as_bytes()), None);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::parse(&[b'x'; 32])), "Some([redacted])");
    }
}
