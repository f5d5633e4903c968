//! How things are shared out among tenants of very different size, so that either is found from the other.

/// Things in a row, shared out among tenants in a row: the first has a tenth of them, and the others ever less.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    pub(super) tenants: u64,
}

impl Shares {
    /// The numbers of a tenant's things, of so many in all.
    pub(super) fn of(self, tenant: u64, count: u64) -> std::ops::Range<u64> {
        self.first(tenant, count)..self.first(tenant + 1, count)
    }

    /// The tenant of a thing, of so many in all.
    pub(super) fn tenant(self, number: u64, count: u64) -> u64 {
        let (mut low, mut high) = (0, self.tenants);
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if self.first(middle, count) <= number { low = middle } else { high = middle }
        }
        low
    }

    /// The tenants before this one have a tenth and, of the rest, the root of their share in the tenants, or nearly so.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "amounts are far below 2^53 and positive"
    )]
    fn first(self, tenant: u64, count: u64) -> u64 {
        if tenant == 0 {
            return 0;
        }
        if tenant >= self.tenants {
            return count;
        }
        let others = (self.tenants - 1) as f64;
        // Among a few tenants the others have as much as the first, or there would not be ten tenths.
        let power = (9_f64.ln() / others.max(2.0).ln()).clamp(0.5, 1.0);
        let before = ((tenant - 1) as f64 / others).powf(power);
        (count as f64 * (0.1 + 0.9 * before)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_is_of_one_tenant_and_the_first_has_a_tenth() {
        for (tenants, count) in [(1, 7), (10, 1_000), (100, 999), (1_000, 3_000)] {
            let shares = Shares { tenants };
            let (mut end, mut most) = (0, 0);
            for tenant in 0..tenants {
                let own = shares.of(tenant, count);
                assert_eq!(own.start, end);
                end = own.end;
                most = most.max(own.end - own.start);
                assert!(own.into_iter().all(|number| shares.tenant(number, count) == tenant));
            }
            assert_eq!(end, count);
            assert!(tenants == 1 || shares.of(0, count).end == count / 10);
            assert!(tenants == 1 || most <= count / 10 + 1, "{tenants} {most}");
        }
    }
}
