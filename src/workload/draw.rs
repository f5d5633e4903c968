//! What is drawn: numbers from a seed, keys uniformly or by Zipf's law, and ids.

use fastrand::Rng;

/// What a drawing is about, so that no two have the same numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Table {
    Question,
    Change,
    User,
    Role,
    Resource,
    UserAssignment,
    GroupAssignment,
    Selection,
    Name,
}

/// How often each key is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// All alike.
    Uniform,
    /// By Zipf's law with exponent 0.99, as in YCSB; which are the frequent ones is scattered over all.
    Zipf,
}

/// The drawing for one thing.
pub(super) fn of(seed: u64, table: Table, number: u64) -> Rng {
    Rng::with_seed(mixed(mixed(seed.wrapping_add(table as u64)).wrapping_add(number)))
}

/// The finaliser of `SplitMix64`: every bit of the seed matters to every bit.
pub(super) fn mixed(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// True in so many of a hundred.
pub(super) fn percent(rng: &mut Rng, percent: u64) -> bool {
    rng.u64(..100) < percent
}

/// One of a list.
pub(super) fn one<'a, T>(rng: &mut Rng, list: &'a [T]) -> Option<&'a T> {
    if list.is_empty() { None } else { list.get(rng.usize(..list.len())) }
}

/// One of the `number`th of so many equal parts of the numbers below `count`: what is drawn from different parts differs.
pub(super) fn in_part(rng: &mut Rng, (part, parts): (u64, u64), count: u64) -> u64 {
    let (first, end) = (part * count / parts, (part + 1) * count / parts);
    first + rng.u64(..(end - first).max(1))
}

/// The place of a number in a list.
pub(super) fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Where the numbers below `count`, in a row, are scattered to: each to another one below `count`.
pub(super) fn scattered(number: u64, count: u64) -> u64 {
    // A prime that is larger than any amount, so that it divides none.
    number % count * 2_654_435_761 % count
}

impl Keys {
    /// A number below `count`, which is at least 1.
    pub(super) fn pick(self, rng: &mut Rng, count: u64) -> u64 {
        match self {
            Self::Uniform => rng.u64(..count),
            Self::Zipf => scattered(zipf(rng.f64(), count), count),
        }
    }
}

const EXPONENT: f64 = 0.99;

/// A rank below `count`, by Zipf's law, from a number in 0..1: Gray et al., "Quickly generating billion-record synthetic
/// databases", as YCSB does it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are far below 2^53, and ranks are positive"
)]
fn zipf(uniform: f64, count: u64) -> u64 {
    let n = count as f64;
    let (all, two) = (zeta(count), zeta(2));
    let (at, half) = (uniform * all, 0.5_f64.powf(EXPONENT));
    if count < 3 || at < 1.0 + half {
        return u64::from(at >= 1.0 && count > 1);
    }
    let eta = (1.0 - (2.0 / n).powf(1.0 - EXPONENT)) / (1.0 - two / all);
    let rank = n * (eta * uniform - eta + 1.0).powf(1.0 / (1.0 - EXPONENT));
    (rank as u64).min(count - 1)
}

/// The sum of the first terms of the zeta function: a few one by one, the others by their integral.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn zeta(count: u64) -> f64 {
    let single = count.min(16);
    let term = |number: u64| (number as f64).powf(-EXPONENT);
    let sum: f64 = (1..=single).map(term).sum();
    let integral = |to: u64| (to as f64).powf(1.0 - EXPONENT) / (1.0 - EXPONENT);
    sum + integral(count) - integral(single) + (term(count) - term(single)) / 2.0
}

/// An id of 20 to 30 bytes.
pub(super) fn long_id(prefix: &str, number: u64, seed: u64) -> String {
    use std::fmt::Write as _;
    let mut rng = of(seed, Table::Name, number);
    let length = rng.usize(20..=30);
    let mut text = String::with_capacity(length + 16);
    let _infallible = write!(text, "{prefix}-{number:08}-{:016x}", rng.u64(..));
    text.truncate(length);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_thousand_by_zipf_are_asked_for_as_often_as_the_law_says() {
        let mut rng = of(1, Table::Question, 0);
        let mut counts = [0_u32; 1_000];
        for _ in 0..100_000 {
            let rank = usize::try_from(zipf(rng.f64(), 1_000)).unwrap_or(usize::MAX);
            counts[rank] += 1;
        }
        let expected = |rank: f64| 100_000.0 / (zeta(1_000) * rank.powf(EXPONENT));
        for rank in [1_u32, 2] {
            let (found, expected) = (f64::from(counts[rank as usize - 1]), expected(f64::from(rank)));
            assert!((found / expected - 1.0).abs() < 0.05, "{rank}: {found} and not {expected}");
        }
        let tail: u32 = counts[500..].iter().sum();
        assert!((5_000..15_000).contains(&tail), "{tail}");
    }

    #[test]
    fn every_number_is_scattered_to_another_one() {
        for count in [1, 2, 7, 1_000] {
            let mut all: Vec<_> = (0..count).map(|number| scattered(number, count)).collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..count));
        }
    }

    #[test]
    fn long_ids_have_20_to_30_bytes_and_all_lengths_of_these() {
        let lengths: std::collections::BTreeSet<_> = (0..500).map(|n| long_id("user", n, 1).len()).collect();
        assert!(lengths.into_iter().eq(20..=30));
    }
}
