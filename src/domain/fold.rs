//! Names that are unique whatever their case: NFC, then Unicode default case folding, then NFC again
//! (Unicode Standard, section 3.13, "canonical caseless match" restricted to NFC input).
//!
//! The folded form is computed here and stored, so that every database compares the same bytes.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

/// The form of `name` that two equal names share.
pub fn fold(name: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    let folded = CaseMapper::new().fold_string(&nfc.normalize(name)).into_owned();
    nfc.normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_composition_do_not_distinguish_names() {
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("e\u{301}"), fold("É"));
        assert_eq!(fold("\u{212A}"), fold("k"));
        assert_ne!(fold("а"), fold("a"), "Cyrillic and Latin stay distinct");
        assert_ne!(fold("a "), fold("a"));
    }
}
