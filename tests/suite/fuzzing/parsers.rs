//! The fuzz targets that are functions: resource names, import lines, page tokens, consistency tokens. Each takes any
//! bytes and panics where a promise is broken; none needs a server.
//!
//! Replayed by the suite on the committed corpora, and run by `cargo fuzz`: see `fuzz/README.md`.

use bailiwick::app::error::Error;
use bailiwick::app::policy_line::Line;
use bailiwick::app::token::{Revision, Tokens};
use bailiwick::domain::id::{ForeignId, Id, PrivilegeKey, PrivilegePattern, ResourceKind};
use bailiwick::domain::name::{
    self, BoundaryId, PrivilegeGroupId, PrivilegeId, ResourceId, RoleId, ScopeId, Subject, TenantId, TraversalSpecId,
};
use data_encoding::BASE64URL_NOPAD;

/// The secret under which the tokens of the corpora were made.
pub(crate) const SECRET: [u8; 32] = [7; 32];
const ANOTHER_SECRET: [u8; 32] = [8; 32];

/// A text that is a name is exactly what the thing is called: no second spelling names the same thing.
pub(crate) fn resource_name(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let shown = [
        TenantId::parse(text).ok().map(|it| it.to_string()),
        RoleId::parse(text).ok().map(|it| it.to_string()),
        PrivilegeId::parse(text).ok().map(|it| it.to_string()),
        PrivilegeGroupId::parse(text).ok().map(|it| it.to_string()),
        BoundaryId::parse(text).ok().map(|it| it.to_string()),
        ScopeId::parse(text).ok().map(|it| it.to_string()),
        TraversalSpecId::parse(text).ok().map(|it| it.to_string()),
        ResourceId::parse(text).ok().map(|it| it.to_string()),
        Subject::parse(text).ok().map(|it| it.to_string()),
        name::parse_application(text).ok().map(|id| name::application(&id)),
        Id::parse(text).ok().map(|it| it.to_string()),
        PrivilegeKey::parse(text).ok().map(|it| it.to_string()),
        PrivilegePattern::parse(text).ok().map(|it| it.to_string()),
        ResourceKind::parse(text).ok().map(|it| it.to_string()),
        ForeignId::parse(text).ok().map(|it| it.to_string()),
    ];
    for shown in shown.into_iter().flatten() {
        assert_eq!(shown, text, "what is read is what is written");
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    for collection in ["users", "clients", "groups", "authSources"] {
        if let Ok(id) = name::parse_top(collection, text) {
            assert_eq!(format!("{collection}/{id}"), text);
        }
    }
    if let Ok(id) = Id::parse(text) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._~:@-".contains(c);
        assert!((1..=64).contains(&id.as_str().len()) && id.as_str().chars().all(allowed), "{id}");
        assert!(!["me", "-", ".", ".."].contains(&id.as_str()), "{id}");
    }
    if let Ok(key) = PrivilegeKey::parse(text) {
        assert!((1..=200).contains(&key.as_str().chars().count()), "{key}");
    }
    if let Ok(kind) = ResourceKind::parse(text) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._:~-".contains(c);
        assert!((1..=128).contains(&kind.as_str().len()) && kind.as_str().chars().all(allowed), "{kind}");
        let ours = [
            "users",
            "groups",
            "roles",
            "privilegeGroups",
            "permissionBoundaries",
            "resources",
            "scopes",
            "traversalSpecs",
        ];
        assert!(!ours.contains(&kind.as_str()), "{kind}");
    }
    if let Ok(id) = ForeignId::parse(text) {
        assert!((1..=256).contains(&id.as_str().len()), "{id}");
    }
    let kinds = [
        RoleId::parse(text).is_ok(),
        TenantId::parse(text).is_ok(),
        Subject::parse(text).is_ok(),
        PrivilegeId::parse(text).is_ok(),
        PrivilegeGroupId::parse(text).is_ok(),
        BoundaryId::parse(text).is_ok(),
        ScopeId::parse(text).is_ok(),
        TraversalSpecId::parse(text).is_ok(),
        ResourceId::parse(text).is_ok(),
    ];
    assert!(kinds.into_iter().filter(|is| *is).count() <= 1, "{text:?} names two things");
}

/// A line that is read is written the same way ever after; a refusal names what is wrong.
pub(crate) fn import_line(data: &[u8]) {
    let line = match Line::parse(data) {
        Ok(line) => line,
        Err(error) => return refused(&error),
    };
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    line.write(&mut once).unwrap();
    let again = Line::parse(&once).unwrap();
    assert_eq!(again, line, "what is written reads back");
    again.write(&mut twice).unwrap();
    assert_eq!(twice, once);
    assert_eq!(once.iter().position(|byte| *byte == b'\n'), Some(once.len() - 1), "a line is one line");
    if let Err(error) = line.check() {
        refused(&error);
    }
}

fn refused(error: &Error) {
    let Error::Invalid(violations) = error else { panic!("{error:?}") };
    assert!(!violations.is_empty());
    assert!(violations.iter().all(|it| !it.field.is_empty() && !it.description.is_empty()), "{error:?}");
}

/// The data are a question, a position and a text, each behind its length; the text is the rest.
pub(crate) fn page_token(data: &[u8]) {
    let (question, rest) = counted(data);
    let (position, text) = counted(rest);
    let (ours, others) = (Tokens::new(&SECRET), Tokens::new(&ANOTHER_SECRET));
    let token = ours.page(question, position);
    assert_eq!(ours.position(question, &token), Ok(position.to_vec()));
    assert!(ours.position(&[question, b"."].concat(), &token).is_err(), "another question");
    assert!(others.position(question, &token).is_err(), "another secret");
    assert!(ours.revision(&token, "token").is_err(), "another kind of token");
    for forged in forged(&token, data) {
        assert!(ours.position(question, &forged).is_err(), "{forged}");
    }
    let Ok(text) = std::str::from_utf8(text) else { return };
    if let Ok(position) = ours.position(question, text) {
        assert_eq!(ours.page(question, &position), text, "one position has one token");
    }
}

/// The data are a revision of 24 bytes, or fewer, and a text.
pub(crate) fn consistency_token(data: &[u8]) {
    let (revision, text) = data.split_at(data.len().min(24));
    let part = |at: usize| {
        let mut bytes = [0; 8];
        let given = revision.get(at..).unwrap_or_default();
        bytes.iter_mut().zip(given).for_each(|(to, from)| *to = *from);
        u64::from_le_bytes(bytes)
    };
    let revision = Revision { store: part(0), number: part(8), chain: part(16) };
    let (ours, others) = (Tokens::new(&SECRET), Tokens::new(&ANOTHER_SECRET));
    let token = ours.consistency(revision);
    assert_eq!(ours.revision(&token, "token"), Ok(revision));
    assert!(others.revision(&token, "token").is_err(), "another secret");
    assert!(ours.position(b"", &token).is_err(), "another kind of token");
    for forged in forged(&token, data) {
        assert!(ours.revision(&forged, "token").is_err(), "{forged}");
    }
    let Ok(text) = std::str::from_utf8(text) else { return };
    if let Ok(revision) = ours.revision(text, "token") {
        assert_eq!(ours.consistency(revision), text, "one revision has one token");
    }
}

/// A part behind one byte that counts it, and the rest.
fn counted(data: &[u8]) -> (&[u8], &[u8]) {
    let Some((count, rest)) = data.split_first() else { return (&[], &[]) };
    rest.split_at(rest.len().min(usize::from(*count)))
}

/// Tokens that differ from a real one in one bit that the data choose, in their length, or in what is around them.
fn forged(token: &str, data: &[u8]) -> Vec<String> {
    let mut bytes = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    let shorter = BASE64URL_NOPAD.encode(&bytes[1..]);
    let longer = BASE64URL_NOPAD.encode(&[&bytes[..], &[0]].concat());
    let chosen = data.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let bit = chosen % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    vec![
        BASE64URL_NOPAD.encode(&bytes),
        shorter,
        longer,
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
    ]
}
