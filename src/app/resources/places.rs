//! Which field of a request a refusal is about that came of the outcome as a whole.

use crate::app::error::{Error, Result};
use crate::domain::violation::Violation;

/// The same refusal, said of the field that changes what stands in the way; `place_of` knows it by the resource's name.
pub(super) fn placed(error: Error, place_of: impl Fn(&str) -> Option<String>) -> Error {
    match error {
        Error::Invalid(violations) => {
            let said = |violation: Violation| {
                let place = violation.field.strip_suffix(".parents").and_then(&place_of);
                let field = place.map_or(violation.field, |place| format!("{place}.parents"));
                Violation::new(field, violation.description)
            };
            Error::Invalid(violations.into_iter().map(said).collect())
        }
        Error::Precondition { ref subject, .. } => match place_of(subject) {
            Some(place) => Error::At { place, cause: Box::new(error) },
            None => error,
        },
        error => error,
    }
}

/// The same in a request about one resource, which needs no place to be told from others.
pub(super) fn placed_in_one(error: Error) -> Error {
    if let Error::Invalid(_) = error { placed(error, |_| Some("resource".to_owned())) } else { error }
}

/// The result of looking at one item, with its place.
pub(super) fn at<T>(place: impl FnOnce() -> String, result: Result<T>) -> Result<T> {
    result.map_err(|error| match error {
        Error::Internal => Error::Internal,
        error => Error::At { place: place(), cause: Box::new(error) },
    })
}
