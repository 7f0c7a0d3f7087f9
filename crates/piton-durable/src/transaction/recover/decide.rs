//! What to do next about a transaction.

use super::super::area::Side;
use super::super::commit::CommitState;
use super::super::intent::{Intent, Step};
use super::observe::{Found, Seen};
use crate::digest::TreeDigest;

/// The next small step. After each, everything is observed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Exchange live and the tree there.
    Swap(Side),
    /// Make the tree there live, where nothing is.
    Put(Side),
    /// Take the live tree away to there.
    Take(Side),
    /// Keep the tree there as evidence.
    Keep(Side),
    Commit,
    /// Take what is live for the new tree, if it may stand.
    Adopt,
    /// Forget the intent; whatever is left may go.
    Finish(End),
}

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Published,
    /// Published, but a commit would have been wrong here and now.
    Uncommitted(String),
    Undone(Option<String>),
    /// Live is neither the old tree nor the new one: it was left alone.
    Undecided(String),
}

/// Decides by digests alone; the record says what they mean.
pub(super) fn decide(intent: &Intent, found: &Found) -> Next {
    match &intent.step {
        Step::Prepared => forward(intent, found),
        Step::Committing => hooked(intent, found),
        Step::Undoing { reason } => back(intent, found, reason),
    }
}

fn forward(intent: &Intent, found: &Found) -> Next {
    let misplaced = match &found.commit {
        Some(CommitState::Misplaced(reason)) => Some(reason),
        Some(CommitState::Done | CommitState::Wanted) | None => None,
    };
    if found.live.is(&intent.new) {
        // What was replaced without anybody expecting it is not thrown away.
        if let Some(side) = found.stranger(&[&intent.base, &intent.new]) {
            return Next::Keep(side);
        }
        return match &found.commit {
            None | Some(CommitState::Done) => Next::Finish(End::Published),
            Some(CommitState::Wanted) => Next::Commit,
            Some(CommitState::Misplaced(reason)) => Next::Finish(End::Uncommitted(reason.clone())),
        };
    }
    if found.live.is(&intent.base) {
        return match (found.place_of(&intent.new), misplaced) {
            (Some(side), None) if found.live == Seen::Missing => Next::Put(side),
            (Some(side), None) => swap(found, side),
            (_, reason) => keep_all_and(found, intent, End::Undone(reason.cloned())),
        };
    }
    if found.live == Seen::Missing {
        let new = found.place_of(&intent.new).filter(|_| misplaced.is_none());
        // Half of an exchange in two steps: the second half, or the first back.
        return match new.or_else(|| found.place_of(&intent.base)) {
            Some(side) => Next::Put(side),
            None => keep_all_and(found, intent, gone(intent)),
        };
    }
    keep_all_and(found, intent, changed(intent, &found.live))
}

/// While hooks were at work, what is live may be what they made of it.
fn hooked(intent: &Intent, found: &Found) -> Next {
    match &found.live {
        Seen::Tree(live) if *live != intent.base && *live != intent.new => Next::Adopt,
        Seen::Tree(_) | Seen::Missing | Seen::Strange(_) => forward(intent, found),
    }
}

fn back(intent: &Intent, found: &Found, reason: &str) -> Next {
    if found.live.is(&intent.base) {
        return keep_all_and(found, intent, End::Undone(Some(reason.to_owned())));
    }
    let old = found.place_of(&intent.base);
    if found.live.is(&intent.new) {
        let first = intent.base == TreeDigest::missing();
        // What a last-moment edit made of the old tree goes back as well.
        let old = old.or_else(|| found.stranger(&[&intent.base, &intent.new]));
        return match (old, found.free()) {
            (Some(side), _) => swap(found, side),
            (None, Some(side)) if first => Next::Take(side),
            (None, _) => keep_all_and(found, intent, gone(intent)),
        };
    }
    if found.live == Seen::Missing {
        let old = old.or_else(|| found.stranger(&[&intent.base, &intent.new]));
        return match old {
            Some(side) => Next::Put(side),
            None => keep_all_and(found, intent, gone(intent)),
        };
    }
    // Live is an edit of the old tree that came back, or one made since.
    keep_all_and(found, intent, changed(intent, &found.live))
}

/// Exchanging in two steps needs the other side, so it is made free first.
fn swap(found: &Found, side: Side) -> Next {
    match found.at(side.other()) {
        Seen::Missing => Next::Swap(side),
        Seen::Tree(_) | Seen::Strange(_) => Next::Keep(side.other()),
    }
}

/// Old trees that equal what is live need no keeping; everything else does.
fn keep_all_and(found: &Found, intent: &Intent, end: End) -> Next {
    let worthless = |seen: &Seen| match seen {
        Seen::Missing => true,
        Seen::Tree(_) => found.live == *seen && seen.is(&intent.base),
        Seen::Strange(_) => false,
    };
    match Side::ALL
        .into_iter()
        .find(|side| !worthless(found.at(*side)))
    {
        Some(side) => Next::Keep(side),
        None => Next::Finish(end),
    }
}

fn gone(intent: &Intent) -> End {
    End::Undecided(format!(
        "neither the old version ({}) nor the new one ({}) is there any more",
        intent.base.short(),
        intent.new.short()
    ))
}

fn changed(intent: &Intent, live: &Seen) -> End {
    let found = match live {
        Seen::Missing => "missing".to_owned(),
        Seen::Tree(digest) => digest.short().to_owned(),
        Seen::Strange(what) => what.clone(),
    };
    End::Undecided(format!(
        "it was changed meanwhile ({found}, neither {} nor {})",
        intent.base.short(),
        intent.new.short()
    ))
}
