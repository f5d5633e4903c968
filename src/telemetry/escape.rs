//! What may not reach a terminal or a log as it is, and how it is written instead.
//!
//! Guarantees: the output holds no control character and nothing that reorders text. Printable
//! text, in any script, is left alone. It shortens nothing.

use std::fmt::{self, Write as _};

use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::format::{FormatFields, debug_fn};

/// Whether a character could break a line, command a terminal, or reorder what is read.
pub fn is_unsafe(c: char) -> bool {
    let reorders = matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}');
    c.is_control() || reorders || ('\u{2028}'..='\u{202e}').contains(&c)
}

/// The fields of a record or span as text: the message, then `name=value`, each escaped.
pub(super) fn fields() -> impl for<'writer> FormatFields<'writer> + Send + Sync + 'static {
    debug_fn(|writer, field, value| {
        if field.name() != "message" {
            write!(writer, "{field}=")?;
        }
        // Debug leaves alone what a value's own Display wrote, so its text is looked at once more.
        format!("{value:?}").chars().try_for_each(|c| write_safely(writer, c))
    })
    .delimited(" ")
}

/// A JSON record with the characters escaped that JSON itself allows but a terminal obeys.
pub(super) fn json(record: &str) -> String {
    let line = record.trim_end_matches('\n');
    let mut escaped = String::with_capacity(record.len());
    for c in line.chars() {
        if is_unsafe(c) {
            // All of them are in the basic plane: four digits are enough.
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.push('\n');
    escaped
}

fn write_safely(writer: &mut impl fmt::Write, c: char) -> fmt::Result {
    match c {
        '\n' => writer.write_str("\\n"),
        '\r' => writer.write_str("\\r"),
        '\t' => writer.write_str("\\t"),
        c if is_unsafe(c) => write!(writer, "{}", c.escape_unicode()),
        c => writer.write_char(c),
    }
}
