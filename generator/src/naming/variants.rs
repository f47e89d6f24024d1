//! Words that the variants of a union repeat.

use std::collections::HashSet;

use super::{Language, Name, Namespace};

/// Drops the words that variants repeat: the name of the union at the end of a variant, and the words with which all
/// variants begin or end. `AccessRule` has the variants `Email` and `Group`, not `EmailRule` and `GroupRule`.
///
/// Each of the three repetitions is dropped only if at least one word of each variant remains, the shorter names
/// are valid in the language, and the variants stay distinct.
pub(super) fn without_repetition(union: &Name, names: Vec<Name>, language: &dyn Language) -> Vec<Name> {
    if names.len() < 2 {
        return names;
    }
    let union: Vec<&str> = union.words().collect();
    let mut rest: Vec<Vec<&str>> = names.iter().map(|name| name.words().collect()).collect();
    let without_union =
        rest.iter().map(|words| words.strip_suffix(&union[..]).unwrap_or(words).to_vec()).collect();
    drop_if_distinct(&mut rest, without_union, language);
    let prefix = common(rest.iter().map(|words| words.iter()));
    let without_prefix = rest.iter().map(|words| words[prefix..].to_vec()).collect();
    drop_if_distinct(&mut rest, without_prefix, language);
    let suffix = common(rest.iter().map(|words| words.iter().rev()));
    let without_suffix = rest.iter().map(|words| words[..words.len() - suffix].to_vec()).collect();
    drop_if_distinct(&mut rest, without_suffix, language);
    rest.iter().map(|words| Name::new(&words.join(" "))).collect()
}

/// Replaces the variants by the shorter ones if all of these are valid names and differ.
fn drop_if_distinct<'a>(names: &mut Vec<Vec<&'a str>>, shorter: Vec<Vec<&'a str>>, language: &dyn Language) {
    let mut seen = HashSet::new();
    let is_usable = |words: &Vec<&str>| {
        let Some(first) = words.first() else { return false };
        if first.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let name = Name::new(&words.join(" "));
        !language.is_reserved(Namespace::Variant, &name)
            && language.replace(Namespace::Variant, name.clone()) == name
            && seen.insert(name.key().into_owned())
    };
    if shorter.iter().all(is_usable) {
        *names = shorter;
    }
}

/// Returns the number of words with which all names begin.
fn common<'a>(names: impl Iterator<Item = impl Iterator<Item = &'a &'a str>>) -> usize {
    let mut names = names.map(|words| words.collect::<Vec<_>>());
    let Some(first) = names.next() else { return 0 };
    names.fold(first.len(), |length, words| {
        first.iter().take(length).zip(&words).take_while(|(first, word)| first == word).count()
    })
}
