//! The database's password from a file of its own, as orchestrators hand secrets out.
//!
//! Guarantees: any bytes make a password, and none of them can change where the URL leads; no error shows one.
//! It does not read the URL's other parts.

use std::fmt::Write as _;

use super::reader::Reader;
use super::secret::read_file;

const KEY: &str = "database.password_file";

/// The URL with the password from the file, if one is configured.
pub(super) fn added(url: String, reader: &mut Reader) -> String {
    let Some(path) = reader.text(KEY) else { return url };
    let Some(password) = read_file(KEY, &path, reader) else { return url };
    if let Some(whole) = with_password(&url, &password) {
        return whole;
    }
    reader.refuse(KEY, "needs a user without a password in database.url, such as postgres://bailiwick@db/bailiwick");
    url
}

fn with_password(url: &str, password: &[u8]) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let place = rest.split(['/', '?', '#']).next()?;
    let (user, _) = place.rsplit_once('@')?;
    if user.is_empty() || user.contains([':', '@']) {
        return None;
    }
    let after = rest.strip_prefix(user)?;
    Some(format!("{scheme}://{user}:{}{after}", encoded(password)))
}

/// Every byte that could mean something in a URL, as `%` and two digits.
fn encoded(password: &[u8]) -> String {
    password.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _infallible = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_cannot_change_where_the_url_leads() {
        let cases = [
            ("postgres://u@db/b", "secret", Some("postgres://u:secret@db/b")),
            (
                "postgres://u@db:5432/b?sslmode=require",
                "p@h/x?:#%é",
                Some("postgres://u:p%40h%2Fx%3F%3A%23%25%C3%A9@db:5432/b?sslmode=require"),
            ),
            ("postgres://u@[::1]:1/b", "s", Some("postgres://u:s@[::1]:1/b")),
            ("postgres://u:old@db/b", "s", None),
            ("postgres://db/b", "s", None),
            ("postgres://@db/b", "s", None),
            ("postgres://db/b?user=a@b", "s", None),
            ("sqlite://bailiwick.db", "s", None),
            ("sqlite::memory:", "s", None),
        ];
        for (url, password, expected) in cases {
            assert_eq!(with_password(url, password.as_bytes()).as_deref(), expected, "{url}");
        }
    }
}
