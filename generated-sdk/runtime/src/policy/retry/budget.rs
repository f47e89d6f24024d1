use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many retries a client may send altogether, so that an outage isn't made worse: where every call fails, each
/// being sent three times is three times the load.
///
/// The budget holds a number of retries, 100 by default. Each retry takes one of them, and each call that the server
/// answers well gives back a tenth. When none is left, calls fail at once with what the server said. A clone is the
/// same budget, so that several clients can share one.
#[derive(Clone, Debug)]
pub struct RetryBudget(Option<Arc<Tenths>>);

#[derive(Debug)]
struct Tenths {
    left: AtomicU32,
    most: u32,
}

/// What one retry takes, in what a success gives back.
const RETRY: u32 = 10;

impl RetryBudget {
    /// A budget of so many retries.
    pub fn new(retries: u32) -> Self {
        let most = retries.saturating_mul(RETRY);
        Self(Some(Arc::new(Tenths { left: AtomicU32::new(most), most })))
    }

    /// Retries without a common limit.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// Takes a retry, if one is left.
    pub(crate) fn take(&self) -> bool {
        let Some(tenths) = &self.0 else { return true };
        let take = |left: u32| left.checked_sub(RETRY);
        tenths.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Gives back what a success is worth.
    pub(crate) fn give_back(&self) {
        let Some(tenths) = &self.0 else { return };
        // Nearly always it is full, and then nobody has to wait for anybody.
        if tenths.left.load(Ordering::Relaxed) < tenths.most {
            let give = |left: u32| (left < tenths.most).then_some(left + 1);
            let _ = tenths.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
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
    fn ten_successes_are_worth_a_retry() {
        let budget = RetryBudget::new(2);
        let same = budget.clone();
        assert!(budget.take() && same.take() && !budget.take());
        for _ in 0..9 {
            budget.give_back();
        }
        assert!(!budget.take());
        budget.give_back();
        assert!(same.take() && !same.take());
        for _ in 0..1000 {
            budget.give_back();
        }
        assert!(budget.take() && budget.take() && !budget.take(), "it holds no more than it began with");
        assert!(!RetryBudget::new(0).take() && RetryBudget::unlimited().take());
    }
}
