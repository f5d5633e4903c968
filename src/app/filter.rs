//! Filters of List methods: `field = value` and `field : substring`, joined by AND.
//!
//! A small part of AIP-160. A value is a word or a text in double quotes, in which `\"` and `\\` stand for the
//! quote and the backslash. A field that the list does not know is refused by name.

use super::error::{Error, Result};
use super::port::{Condition, Field};
use crate::domain::fold::fold;
use crate::domain::limit::FILTER_CHARS_MAX;
use crate::domain::violation::Malformed;

/// Fields that a list knows, by their names in the contract.
pub type Fields = [(&'static str, Field)];

/// Reads a filter.
pub fn parse(text: &str, fields: &Fields) -> Result<Vec<Condition>> {
    if text.chars().count() > FILTER_CHARS_MAX {
        return Err(refuse(format!("must be at most {FILTER_CHARS_MAX} characters long")));
    }
    let mut words = Words { rest: text };
    let mut conditions = Vec::new();
    while let Some(first) = words.next()? {
        let name = if conditions.is_empty() { first } else { after_and(&first, &mut words)? };
        conditions.push(condition(&name, &mut words, fields)?);
    }
    Ok(conditions)
}

/// The name of a further condition.
fn after_and(word: &Word, words: &mut Words<'_>) -> Result<Word> {
    if word.text != "AND" || word.quoted {
        return Err(refuse(format!("expected AND before {:?}", word.text)));
    }
    words.next()?.ok_or_else(|| refuse("expected a condition after AND"))
}

fn condition(name: &Word, words: &mut Words<'_>, fields: &Fields) -> Result<Condition> {
    let known = || fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let field = fields.iter().find(|(known, _)| *known == name.text).map(|(_, field)| *field);
    let field =
        field.ok_or_else(|| refuse(format!("{:?} is no field of this list; it knows {}", name.text, known())))?;
    let contains = match words.next()?.map(|word| word.text).as_deref() {
        Some("=") => false,
        Some(":") if !exact_only(field) => true,
        Some(":") => return Err(refuse(format!("{} takes = only", name.text))),
        _ => return Err(refuse(format!("expected = or : after {}", name.text))),
    };
    let value = words.next()?.ok_or_else(|| refuse(format!("expected a value for {}", name.text)))?.text;
    let folded =
        matches!(field, Field::Username | Field::GroupName | Field::RoleName | Field::BoundaryName | Field::ScopeName);
    Ok(Condition { field, contains, value: if folded { fold(&value) } else { value } })
}

/// What the value of a condition stands for.
pub fn value<T>(condition: &Condition, parse: impl FnOnce(&str) -> std::result::Result<T, Malformed>) -> Result<T> {
    parse(&condition.value).map_err(|malformed| refuse(format!("{}: {malformed}", condition.value)))
}

fn exact_only(field: Field) -> bool {
    matches!(
        field,
        Field::Id
            | Field::Application
            | Field::Tenant
            | Field::Enabled
            | Field::MemberType
            | Field::Holder
            | Field::HolderType
            | Field::Role
            | Field::ResourceKind
            | Field::Parent
            | Field::RootAdapterKind
            | Field::RootResourceKind
    )
}

fn refuse(description: impl Into<String>) -> Error {
    Error::invalid("filter", description)
}

struct Word {
    text: String,
    quoted: bool,
}

struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    fn next(&mut self) -> Result<Option<Word>> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        if first == '"' {
            return self.quoted().map(Some);
        }
        let end = if matches!(first, '=' | ':') { 1 } else { self.word_end() };
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Some(Word { text: text.to_owned(), quoted: false }))
    }

    /// A word ends at white space or `=`. A colon ends only a field's name: values such as `users/a:b` have some.
    fn word_end(&self) -> usize {
        let ends = |c: char| c.is_whitespace() || c == '=' || c == '"';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let name_end = self.rest.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(end);
        let at_colon = self.rest.get(name_end..).is_some_and(|rest| rest.starts_with(':'));
        if at_colon && name_end > 0 { name_end } else { end }
    }

    fn quoted(&mut self) -> Result<Word> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(Word { text, quoted: true });
                }
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        Err(refuse("a quoted value does not end"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &Fields = &[("username", Field::Username), ("tenant", Field::Tenant), ("key", Field::PrivilegeKey)];

    fn conditions(text: &str) -> Vec<(Field, bool, String)> {
        let parsed = parse(text, FIELDS).unwrap_or_default();
        parsed.into_iter().map(|c| (c.field, c.contains, c.value)).collect()
    }

    #[test]
    fn conditions_are_read_with_words_and_quoted_values() {
        assert_eq!(
            conditions(r#"username : "ALI \"x\"" AND tenant=applications/a/tenants/t"#),
            [
                (Field::Username, true, "ali \"x\"".to_owned()),
                (Field::Tenant, false, "applications/a/tenants/t".to_owned())
            ]
        );
        assert_eq!(conditions("key = A:b"), [(Field::PrivilegeKey, false, "A:b".to_owned())]);
        assert_eq!(conditions("key:b"), [(Field::PrivilegeKey, true, "b".to_owned())]);
        assert_eq!(conditions("  "), []);
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "x = 1",
            "username",
            "username =",
            "username = a tenant = b",
            "username = \"a",
            "tenant : a",
            "username = a AND",
            "username = a \"AND\" tenant = b",
        ] {
            assert!(parse(bad, FIELDS).is_err(), "{bad}");
        }
    }
}
