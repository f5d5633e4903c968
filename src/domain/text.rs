//! Free text of bounded length: names, display names, descriptions.
//!
//! What is accepted is kept byte for byte. Control characters are refused: they forge log lines and some
//! databases cannot store them; descriptions alone may hold tabs and line breaks.

use super::limit;
use super::violation::Malformed;

/// A name that must not be empty, such as a role name or a username.
pub fn required_name(text: &str) -> Result<String, Malformed> {
    if text.is_empty() {
        return Err(Malformed::new("must not be empty"));
    }
    if text.trim() != text {
        return Err(Malformed::new("must not begin or end with white space"));
    }
    line(text, limit::NAME_CHARS_MAX)
}

/// A display name, first name, last name or email; may be empty.
pub fn display(text: &str) -> Result<String, Malformed> {
    line(text, limit::DISPLAY_CHARS_MAX)
}

/// A description or reason; may be empty and may hold tabs and line breaks.
pub fn description(text: &str) -> Result<String, Malformed> {
    bounded(text, limit::DESCRIPTION_CHARS_MAX, |c| matches!(c, '\n' | '\r' | '\t'))
}

/// A request id or import id; may be empty.
pub fn request_id(text: &str) -> Result<String, Malformed> {
    line(text, limit::REQUEST_ID_CHARS_MAX)
}

/// A key of metadata.
pub fn metadata_key(text: &str) -> Result<String, Malformed> {
    if text.is_empty() || text.trim() != text {
        return Err(Malformed::new("a key must not be empty, nor begin or end with white space"));
    }
    line(text, limit::METADATA_KEY_CHARS_MAX)
}

/// A value of metadata; may be empty.
pub fn metadata_value(text: &str) -> Result<String, Malformed> {
    line(text, limit::METADATA_VALUE_CHARS_MAX)
}

fn line(text: &str, chars_max: usize) -> Result<String, Malformed> {
    bounded(text, chars_max, |_| false)
}

fn bounded(text: &str, chars_max: usize, allowed: impl Fn(char) -> bool) -> Result<String, Malformed> {
    if text.chars().count() > chars_max {
        return Err(Malformed::new(format!("must be at most {chars_max} characters long")));
    }
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(Malformed::new("must not contain control characters"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters_at_the_limit_and_one_past_it() {
        let at = "𝒳".repeat(limit::NAME_CHARS_MAX);
        assert_eq!(required_name(&at).as_deref(), Ok(at.as_str()));
        assert!(required_name(&format!("{at}x")).is_err());
        assert!(required_name("").is_err());
        assert!(display("").is_ok());
    }

    #[test]
    fn control_characters_are_refused_but_for_lines_of_a_description() {
        assert!(display("a\nb").is_err());
        assert!(display("a\0b").is_err());
        assert!(description("a\nb\tc").is_ok());
        assert!(description("a\u{1b}[31m").is_err());
    }
}
