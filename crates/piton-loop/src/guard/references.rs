//! What a change of references means.

use std::collections::{BTreeMap, BTreeSet};

use piton_git::CommitId;
use piton_git::slot::held;

use super::found::Note;

/// Who else works in the repository, and may move references.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Branches that the user has or had checked out, as full names.
    pub(super) branches: Vec<String>,
    /// What the user's working trees show.
    pub(super) heads: Vec<CommitId>,
}

/// What references changed, by who may have done it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    /// Nobody but the agent is known to have done this.
    pub(super) strays: Vec<String>,
    /// The user's own git explains these; told as notes.
    pub(super) notes: Vec<Note>,
}

/// Compares references. `people` is asked only when something changed.
pub(super) fn compare(
    before: &[(String, CommitId)],
    after: &[(String, CommitId)],
    people: &People,
) -> Moved {
    let map = |refs: &[(String, CommitId)]| -> BTreeMap<String, CommitId> {
        refs.iter()
            .filter(|(name, _)| !held::is_reserved_reference(name))
            .cloned()
            .collect()
    };
    let (before, after) = (map(before), map(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut moved = Moved::default();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        let theirs = people.branches.contains(name) && new.is_some()
            || old.is_some() && new.is_some_and(|commit| people.heads.contains(commit))
            || name.starts_with("refs/remotes/");
        if theirs {
            moved.notes.push(Note::Moved {
                name: name.clone(),
                from: old.cloned(),
                to: new.cloned(),
            });
        } else {
            moved.strays.push(name.clone());
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(digit: char) -> CommitId {
        digit.to_string().repeat(40).parse().unwrap()
    }

    fn refs(list: &[(&str, char)]) -> Vec<(String, CommitId)> {
        list.iter()
            .map(|(name, digit)| ((*name).to_owned(), id(*digit)))
            .collect()
    }

    #[test]
    fn the_user_s_own_branch_moves_and_others_do_not() {
        let people = People {
            branches: vec!["refs/heads/main".to_owned()],
            heads: vec![id('5')],
        };
        let check = |before: &[(&str, char)], after: &[(&str, char)], strays: &[&str]| {
            let moved = compare(&refs(before), &refs(after), &people);
            assert_eq!(moved.strays, strays, "{before:?} {after:?}");
        };
        check(
            &[("refs/heads/main", '1')],
            &[("refs/heads/main", '2')],
            &[],
        );
        check(&[("refs/heads/main", '1')], &[], &["refs/heads/main"]);
        check(
            &[("refs/heads/other", '1')],
            &[("refs/heads/other", '2')],
            &["refs/heads/other"],
        );
        check(
            &[("refs/heads/other", '1')],
            &[("refs/heads/other", '5')],
            &[],
        );
        check(&[], &[("refs/heads/other", '5')], &["refs/heads/other"]);
        check(&[], &[("refs/stash", '1')], &["refs/stash"]);
        check(
            &[("refs/remotes/origin/x", '1')],
            &[("refs/remotes/origin/x", '2')],
            &[],
        );
        check(&[], &[("refs/piton/unlanded/x", '1')], &[]);
    }
}
