use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Limit for the total number of retries of a client, so that retries do not multiply the load during an
/// outage.
///
/// The budget starts with a number of retries, 100 by default, which is also its maximum. Each retry takes
/// one, and each successful call returns a tenth of one. If the budget is used up, calls fail without a
/// retry. Clones share the same budget, so several clients can use one.
///
/// # Examples
/// ```
/// use sdk_runtime::RetryBudget;
///
/// let shared = RetryBudget::new(50);
/// // Client::builder().retry_budget(shared.clone()) …
/// # let _ = shared;
/// ```
#[derive(Clone, Debug)]
pub struct RetryBudget(Option<Arc<Tenths>>);

#[derive(Debug)]
struct Tenths {
    remaining: AtomicU32,
    max: u32,
}

/// Cost of a retry, in tenths of a retry. A success returns one tenth.
const TENTHS_PER_RETRY: u32 = 10;

impl RetryBudget {
    /// Creates a budget with this number of retries. With 0, nothing is retried.
    pub fn new(retries: u32) -> Self {
        let max = retries.saturating_mul(TENTHS_PER_RETRY);
        Self(Some(Arc::new(Tenths { remaining: AtomicU32::new(max), max })))
    }

    /// Creates a budget without a limit.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// Takes a retry from the budget. Returns `false` if none is left.
    pub(crate) fn take(&self) -> bool {
        let Some(tenths) = &self.0 else { return true };
        let take = |remaining: u32| remaining.checked_sub(TENTHS_PER_RETRY);
        tenths.remaining.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Returns a tenth of a retry to the budget.
    pub(crate) fn give_back(&self) {
        let Some(tenths) = &self.0 else { return };
        // The budget is almost always full. Checking first avoids contention on the cache line.
        if tenths.remaining.load(Ordering::Relaxed) < tenths.max {
            let give = |remaining: u32| (remaining < tenths.max).then_some(remaining + 1);
            let _ = tenths.remaining.fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
        }
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(100)
    }
}

#[cfg(test)]
mod tests {
    use super::RetryBudget;

    #[test]
    fn ten_successes_return_a_retry() {
        let budget = RetryBudget::new(2);
        let shared = budget.clone();
        assert!(budget.take() && shared.take() && !budget.take());
        for _ in 0..9 {
            budget.give_back();
        }
        assert!(!budget.take());
        budget.give_back();
        assert!(shared.take() && !shared.take());
        for _ in 0..1000 {
            budget.give_back();
        }
        assert!(budget.take() && budget.take() && !budget.take(), "the budget does not exceed its initial value");
        assert!(!RetryBudget::new(0).take() && RetryBudget::unlimited().take());
    }
}
