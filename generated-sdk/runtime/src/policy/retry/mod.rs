//! Retries of failed attempts: the decision, the delay before the next attempt, and the budget.

mod budget;
mod decision;
mod policy;

pub use budget::RetryBudget;
pub use decision::{Cause, Decision, FailedAttempt, Retry};
pub use policy::RetryPolicy;

pub use crate::error::NoRetryReason;
