//! The rules, as tables. To forbid a word, add a line.

use std::fmt::Write;

use super::text::Kind;

pub const OPENING_HELP: &str =
    "begin with a third-person verb (\"Returns …\") or a noun phrase that names the item";

/// Returns the words that a text of this kind must not begin with.
pub fn openings(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Doc | Kind::Description | Kind::Heading => DOC_OPENINGS,
        Kind::Comment | Kind::Message => COMMENT_OPENINGS,
        Kind::Prose | Kind::Identifier => &[],
    }
}

/// First words that doc comments, descriptions and headings must not have. Longer ones precede their beginnings.
pub const DOC_OPENINGS: &[&str] = &[
    "As far as",
    "As long as",
    "As many",
    "As much",
    "So much",
    "So that",
    "And",
    "For",
    "From",
    "How",
    "It",
    "Its",
    "Nothing",
    "Of",
    "That",
    "They",
    "Those",
    "To",
    "What",
    "Whatever",
    "When",
    "Where",
    "Wherever",
    "Whether",
    "Which",
    "Whichever",
    "Who",
    "Whom",
    "Whose",
    "Why",
];

/// First words that comments and messages must not have. "When" and "To" are fine in a comment.
pub const COMMENT_OPENINGS: &[&str] = &["As far as", "What", "Whatever", "Wherever", "Whether", "Whom"];

/// Phrases that no prose may contain, in lowercase, with advice.
pub const PHRASES: &[(&str, &str)] = &[
    // Terms.
    ("answer", "use `response`, or `returns` for the verb"),
    ("answered", "use `responded`"),
    ("answers", "use `responses`, or `returns` for the verb"),
    ("free-form", "use `untyped JSON value`"),
    ("misfit", "use `decode error` or `does not match the type`"),
    ("misfits", "use `decode errors`"),
    // Idioms.
    ("all the same", "use `nevertheless`, or delete it"),
    ("anew", "use `again`"),
    ("as it is", "use `unchanged`"),
    ("as they are", "use `unchanged`"),
    ("asks", "use `requests` or `requires`"),
    ("at hand", "use `current` or `available`"),
    ("at the least", "use `at least`"),
    ("at the most", "use `at most`"),
    ("be it", "use `either … or …`"),
    ("be that", "name the subject"),
    ("beside", "use `next to` or `in addition to`"),
    ("come of", "name the result"),
    ("comes of", "name the result"),
    ("do harm", "name the effect, such as `malicious`"),
    ("does harm", "name the effect, such as `malicious`"),
    ("for ever", "use `indefinitely`"),
    ("forever", "use `indefinitely`"),
    ("goes", "use `continues`, `is sent` or `is written`"),
    ("gives way", "name the rule"),
    ("go on", "use `continue`"),
    ("going on", "use `continuing`"),
    ("half-way", "use `partially`"),
    ("in the mean", "use `on average`"),
    ("it is one", "repeat the noun"),
    ("they are one", "repeat the noun"),
    ("letter by letter", "use `verbatim` or `exactly`"),
    ("knows", "use `has`, `contains` or `supports`"),
    ("lead to", "use `cause` or `return`"),
    ("leads to", "use `causes` or `returns`"),
    ("leads from", "name the relation"),
    ("nobody", "name the subject in a positive sentence"),
    ("of one's own", "use `custom`"),
    ("so many", "use a number, or `this many`"),
    ("one by one", "use `one at a time` or `sequentially`"),
    ("people", "use `users`"),
    ("said", "use `reported`, `returned` or `specified`"),
    ("says", "use `reports`, `returns` or `specifies`"),
    ("somebody", "use `the user` or `the caller`"),
    ("stand", "use `be`, `represent` or `depend`"),
    ("stands", "use `is`, `represents` or `depends`"),
    ("that is all", "delete it"),
    ("the like", "use `similar`"),
    ("there are none", "name the condition"),
    ("there is none", "name the condition"),
    ("told", "use `configured`, `passed` or `reported`"),
    ("what a", WHAT),
    ("what an", WHAT),
    ("what are", WHAT),
    ("what can", WHAT),
    ("what could", WHAT),
    ("what else", WHAT),
    ("what follows", WHAT),
    ("what has", WHAT),
    ("what is", WHAT),
    ("what it", WHAT),
    ("what may", WHAT),
    ("what must", WHAT),
    ("what that", WHAT),
    ("what the", WHAT),
    ("what their", WHAT),
    ("what there", WHAT),
    ("what these", WHAT),
    ("what they", WHAT),
    ("what this", WHAT),
    ("what those", WHAT),
    ("what was", WHAT),
    ("what were", WHAT),
    ("wants", "use `requires` or `expects`"),
    ("whatever", "use `any`, or name the thing with a noun"),
    ("wherever", "name the condition"),
    ("whoever", "use `the caller` or `a program that`"),
];

const WHAT: &str = "name the thing with a noun";

/// Words that identifiers must not consist of, in lowercase, with the term to use.
pub const IDENTIFIER_PARTS: &[(&str, &str)] = &[
    ("again", "use `Retry`, `attempt` or `repeat`"),
    ("announced", "use `RateLimitHeaders`"),
    ("answer", "use `response`"),
    ("answered", "use `AttemptResult`"),
    ("answers", "use `responses`"),
    ("came", "use `FetchedPage`"),
    ("circles", "use `strongly_connected_components` or `cycles`"),
    ("circumstances", "use `cache_key`"),
    ("course", "use `PaginationState`"),
    ("desk", "use a term for the role of the type"),
    ("elsewhere", "use `has_custom_base_url` or a similar condition"),
    ("endless", "use `relax_required_cycles` or `infinite`"),
    ("feed", "use `PageFetcher`"),
    ("flights", "use `PrefetchQueue`"),
    ("gives", "use `returns` or `response`"),
    ("goes", "use `continues` or `sends`"),
    ("harm", "use a term for the effect"),
    ("looks", "use `TypeSignature`"),
    ("misfit", "use `DecodeError`"),
    ("misfits", "use `DecodeError`"),
    ("near", "use `similar` or `closest`"),
    ("people", "use `terminal` or `users`"),
    ("place", "use `location`, `permit`, `position` or `path`"),
    ("places", "use `locations`, `permits`, `positions` or `paths`"),
    ("said", "use a term for the value"),
    ("settle", "use `finalize`"),
    ("settled", "use `finalized`"),
    ("spot", "use `location`"),
    ("tidy", "use `normalize` or `simplify`"),
    ("whole", "use `complete` or `full`"),
];

/// Lists all rules.
pub fn list() -> String {
    let mut text = String::new();
    let _ =
        writeln!(text, "First words of doc comments, descriptions and headings:\n  {}\n", DOC_OPENINGS.join(", "));
    let _ = writeln!(text, "First words of comments and messages:\n  {}\n", COMMENT_OPENINGS.join(", "));
    for (title, table) in [("Phrases in prose:", PHRASES), ("Words in identifiers:", IDENTIFIER_PARTS)] {
        let _ = writeln!(text, "{title}");
        for (term, help) in table {
            let _ = writeln!(text, "  {term:16} {help}");
        }
        text.push('\n');
    }
    text
}
