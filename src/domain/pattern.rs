//! `*` in a privilege pattern stands for any run of characters, also for none. There is no other wildcard.
//!
//! Keys that begin with `bailiwick:` are matched only by a pattern that itself begins so: a wildcard
//! over a product's own privileges never gives a right to administer access.

use super::predefined::KEY_PREFIX;

/// Whether `pattern` matches the whole of `key`. Takes time proportional to the product of the lengths at worst.
pub fn matches(pattern: &str, key: &str) -> bool {
    if key.starts_with(KEY_PREFIX) && !pattern.starts_with(KEY_PREFIX) {
        return false;
    }
    wildcard(pattern.as_bytes(), key.as_bytes())
}

/// Whether the text contains a wildcard.
pub fn is_pattern(text: &str) -> bool {
    text.contains('*')
}

fn wildcard(pattern: &[u8], key: &[u8]) -> bool {
    let (mut p, mut k) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while k < key.len() {
        match pattern.get(p) {
            Some(b'*') => {
                last_star = Some((p, k));
                p += 1;
            }
            Some(byte) if key.get(k) == Some(byte) => {
                p += 1;
                k += 1;
            }
            _ => match last_star {
                // Let the latest star take one byte more; an earlier star need never be reconsidered.
                Some((star, taken)) => {
                    last_star = Some((star, taken + 1));
                    p = star + 1;
                    k = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, key, expected) in [
            ("*", "read", true),
            ("*", "", true),
            ("**", "read", true),
            ("a*", "a", true),
            ("*a", "banana", true),
            ("b*n*a", "banana", true),
            ("b*x", "banana", false),
            ("read", "readAll", false),
            ("?", "a", false),
            ("a:*:c", "a:b:c", true),
            ("a:*:c", "a:c", false),
            ("*é", "café", true),
        ] {
            assert_eq!(matches(pattern, key), expected, "{pattern} on {key}");
        }
    }

    #[test]
    fn our_own_keys_need_a_pattern_that_names_us() {
        assert!(!matches("*", "bailiwick:role:create"));
        assert!(!matches("*:role:*", "bailiwick:role:create"));
        assert!(!matches("b*", "bailiwick:role:create"));
        assert!(matches("bailiwick:*", "bailiwick:role:create"));
    }
}
