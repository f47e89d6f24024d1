//! Lists of words that are common in REST APIs.

/// Verbs. A path is an action if its last segment begins with a verb. Some of them are also nouns (`copy`, `test`).
const VERBS: &str = "
    abort accept ack acknowledge activate add analyze approve archive assign attach authorize ban batch
    begin block bypass calculate cancel change check claim clear clone close commit compact complete compute
    confirm connect consume convert copy count create crosspost deactivate decline decode decrypt delete
    deny deploy deprovision deregister destroy detach disable disconnect dismiss download duplicate enable
    encode encrypt enroll evaluate execute expire export extend fetch finalize find flush follow force fork
    generate get hangup hide import insert install invite invoke join kick kill leave link list lock login
    logout lookup mark merge migrate modify move mute notify open pause pin ping poll post preview
    prioritize promote propose provision prune publish pull purge push query reactivate read reboot rebuild
    record recover recycle redeliver refer refresh refund regenerate register reject release reload remix
    remove rename render renew reopen reorder replace replay reply request rerun resend reserve reset resize
    resolve restart restore resume retrieve retry revert review revoke rollback rotate run save scan
    schedule search send set share shutdown sign skip start stop submit subscribe suspend swap switch sync
    synchronize tag terminate test toggle track transfer transform translate trigger unarchive unassign
    unban unblock undelete undo unfollow uninstall unlink unlock unmerge unmute unpin unpublish unregister
    unsubscribe unsuspend untag update upgrade upload upsert validate verify vote withdraw";

/// Returns `true` if a name begins with a verb: `rotate`, `purge_cache`.
pub(super) fn is_action(name: &str) -> bool {
    let name = name.strip_prefix("bulk_").or_else(|| name.strip_prefix("mass_")).unwrap_or(name);
    let first = name.split('_').next().unwrap_or(name);
    VERBS.split_whitespace().any(|verb| verb == first)
}

/// Returns `true` if a name is a verb that a `GET` request can have as its last segment.
pub(super) fn is_read_action(name: &str) -> bool {
    matches!(name, "check" | "list" | "search" | "validate" | "verify")
}

/// Adjectives. `custom_pages` and `custom_domains` are not grouped below `custom`.
const ADJECTIVES: &str = "
    active all available bulk client custom default external global internal managed multi my new open origin
    private public recent shared sub top user verified";

/// Returns `true` if a word is an adjective.
pub(super) fn is_adjective(word: &str) -> bool {
    ADJECTIVES.split_whitespace().any(|adjective| adjective == word)
}
