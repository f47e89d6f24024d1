//! Singular forms of English words.

use std::cell::RefCell;
use std::collections::HashMap;

/// Abbreviations that end like plurals.
const ABBREVIATIONS: [&str; 14] =
    ["aws", "cors", "css", "ddos", "dns", "dos", "gps", "https", "ios", "js", "kms", "os", "sms", "tls"];

/// Returns the name with its last word in the singular. Words are separated by spaces or `_`.
pub(crate) fn singular(name: &str) -> String {
    let begin = name.rfind([' ', '_']).map_or(0, |separator| separator + 1);
    let (before, last) = name.split_at(begin);
    if ABBREVIATIONS.contains(&last.to_ascii_lowercase().as_str()) {
        return name.to_owned();
    }
    thread_local! {
        /// Singular forms of the words seen so far: a document repeats few words many times.
        static CACHE: RefCell<HashMap<String, String>> = RefCell::default();
    }
    let cached = CACHE.with_borrow(|cache| cache.get(last).map(|word| format!("{before}{word}")));
    cached.unwrap_or_else(|| {
        let word = pluralizer::pluralize(last, 1, false);
        let singular = format!("{before}{word}");
        CACHE.with_borrow_mut(|cache| cache.insert(last.to_owned(), word));
        singular
    })
}
