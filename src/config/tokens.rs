//! Section `tokens`: static bearer tokens, each standing for one user or client.
//!
//! A list in the file (`[[tokens]]` with `subject` and `token` or `token_file`), and one more from
//! the keys `token_subject` and `token_file`, for deployments without a file.
//!
//! Guarantees: no two entries share a token, and no error or `Debug` shows one. Whether the subject
//! exists is the server's business.

use std::collections::BTreeMap;
use std::fmt;

use config::{Value, ValueKind};

use super::reader::Reader;
use super::secret;

/// The least length of a token. (128 bits need 22 characters of base64url; shorter ones are for
/// demonstrations, and even these should not be guessed.)
pub const TOKEN_CHARACTERS_MIN: usize = 16;
const TOKEN_CHARACTERS_MAX: usize = 4_096;

/// A bearer token and whom it stands for.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// `users/{user}` or `clients/{client}`.
    pub subject: String,
    token: String,
}

impl Token {
    /// A token for a subject, both as they would be configured; whether they are valid is judged by who reads
    /// the configuration.
    pub fn new(subject: &str, token: &str) -> Self {
        Self { subject: subject.to_owned(), token: token.to_owned() }
    }

    /// The token as the caller sends it, for comparing in constant time or hashing.
    pub fn expose(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("subject", &self.subject).field("token", &"[redacted]").finish()
    }
}

/// Reads the list, then the single one.
pub(super) fn read(reader: &mut Reader) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (index, entry) in reader.list("tokens").into_iter().enumerate() {
        tokens.extend(read_entry(reader, &format!("tokens[{index}]"), entry));
    }
    tokens.extend(read_single(reader, tokens.is_empty()));
    refuse_twins(reader, &tokens);
    tokens
}

fn read_entry(reader: &mut Reader, at: &str, entry: Value) -> Option<Token> {
    let ValueKind::Table(fields) = entry.kind else {
        reader.refuse(at, "must be a table with subject and token or token_file");
        return None;
    };
    let mut fields: BTreeMap<_, _> = fields.into_iter().collect();
    let mut field = |name: &str| fields.remove(name).and_then(|value| value.into_string().ok());
    let (subject, token, file) = (field("subject"), field("token"), field("token_file"));
    for name in fields.keys() {
        reader.refuse(&format!("{at}.{name}"), "is no key");
    }
    let token = match (token, file) {
        (Some(token), None) => token.into_bytes(),
        (None, Some(path)) => secret::read_file(&format!("{at}.token_file"), &path, reader)?,
        _ => {
            reader.refuse(at, "needs either token or token_file");
            return None;
        }
    };
    judge(reader, at, subject.unwrap_or_default(), token)
}

/// The one token that needs no file. The command line's own clients know `token_file`, too, so a
/// file without a subject is refused only where it would leave the server without any token.
fn read_single(reader: &mut Reader, alone: bool) -> Option<Token> {
    match (reader.text("token_subject"), reader.text("token_file")) {
        (Some(subject), Some(path)) => {
            let token = secret::read_file("token_file", &path, reader)?;
            judge(reader, "token_subject", subject, token)
        }
        (Some(_), None) => {
            reader.refuse("token_subject", "needs token_file beside it");
            None
        }
        (None, Some(_)) if alone => {
            reader.refuse("token_file", "needs token_subject beside it: whom does the token stand for?");
            None
        }
        (None, _) => None,
    }
}

fn judge(reader: &mut Reader, at: &str, subject: String, token: Vec<u8>) -> Option<Token> {
    let named = ["users/", "clients/"].iter().any(|kind| subject.strip_prefix(kind).is_some_and(is_id));
    if !named {
        reader.refuse(at, format!("the subject {subject:?} must be users/ID or clients/ID"));
    }
    let token = String::from_utf8(token).ok().filter(|token| is_token(token));
    if token.is_none() {
        reader.refuse(at, "the token must be 16 to 4096 visible ASCII characters without spaces");
    }
    token.filter(|_| named).map(|token| Token { subject, token })
}

fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._~:@-".contains(c);
    (1..=64).contains(&id.len()) && id.chars().all(allowed) && !["me", "-", ".", ".."].contains(&id)
}

fn is_token(token: &str) -> bool {
    (TOKEN_CHARACTERS_MIN..=TOKEN_CHARACTERS_MAX).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic())
}

fn refuse_twins(reader: &mut Reader, tokens: &[Token]) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for token in tokens {
        if let Some(other) = seen.insert(token.expose(), &token.subject) {
            reader.refuse("tokens", format!("{} and {} have the same token", other, token.subject));
        }
    }
}
