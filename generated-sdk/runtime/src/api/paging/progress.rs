/// Progress of reading a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Number of items read.
    pub items_read: u64,
    /// Number of items before the first requested page. It is 0 for cursor and link pagination, and an
    /// estimate if the pages differ in size.
    pub items_before: u64,
    /// Number of items of the entire list as last sent by the server, including those before the first
    /// requested page.
    pub items_total: Option<u64>,
}

impl Progress {
    /// Returns the fraction of the list that was read, from 0 to 1, or `None` if the total is unknown.
    ///
    /// A fraction of 1 does not mean that the list is complete, because totals sent by servers may be wrong.
    pub fn fraction(&self) -> Option<f64> {
        let total = self.items_total?;
        let read = self.items_before.saturating_add(self.items_read);
        Some(if read >= total { 1.0 } else { read as f64 / total as f64 })
    }
}
