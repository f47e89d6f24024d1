/// How far a list was read, as far as anyone knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many items were given out.
    pub seen: u64,
    /// How many items there are before the first page that was asked for, where pages or items are counted; else
    /// zero.
    pub before: u64,
    /// How many items the list has by what the server said last, those before the first page included.
    pub total: Option<u64>,
}

impl Progress {
    /// The part of the list that was read, from 0 to 1; nothing where the server doesn't say how long it is.
    ///
    /// Servers may be wrong about the length: this shows how far a list is, not that it is complete.
    pub fn fraction(&self) -> Option<f64> {
        let total = self.total?;
        let read = self.before.saturating_add(self.seen);
        Some(if read >= total { 1.0 } else { read as f64 / total as f64 })
    }
}
