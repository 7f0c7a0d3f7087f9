//! What a change of git's settings means.

use std::collections::{BTreeMap, BTreeSet};

use piton_git::Setting;

/// Returns the keys whose values differ, but for those that git changes by
/// itself and that run nothing.
pub(super) fn changed(before: &[Setting], after: &[Setting]) -> BTreeSet<String> {
    let (before, after) = (meaning(before), meaning(after));
    let differs = |key: &&&str| {
        let (old, new) = (before.get(**key), after.get(**key));
        old != new && !(is_of_a_branch(key) && old.into_iter().chain(new).all(are_plain))
    };
    before
        .keys()
        .chain(after.keys())
        .filter(differs)
        .map(|key| (*key).to_owned())
        .collect()
}

type Values<'a> = Vec<Option<&'a str>>;

fn meaning(settings: &[Setting]) -> BTreeMap<&str, Values<'_>> {
    let mut values = BTreeMap::<&str, Values<'_>>::new();
    for setting in settings {
        let of_key = values.entry(&setting.key).or_default();
        of_key.push(setting.value.as_deref());
    }
    values
}

/// What a first push or a new branch sets.
fn is_of_a_branch(key: &str) -> bool {
    let last = key.rsplit('.').next();
    key.starts_with("branch.")
        && matches!(
            last,
            Some("remote" | "merge" | "rebase" | "pushremote" | "description")
        )
}

/// Names of remotes and references, and no address: some of those run programs.
fn are_plain(values: &Values<'_>) -> bool {
    values.iter().flatten().all(|value| {
        !value.starts_with('-')
            && value
                .chars()
                .all(|c| c.is_alphanumeric() || " ._/-\n".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]) {
        let made = |list: &[(&str, &str)]| -> Vec<Setting> {
            list.iter()
                .map(|(key, value)| Setting {
                    key: (*key).to_owned(),
                    value: Some((*value).to_owned()),
                    file: None,
                })
                .collect()
        };
        let got: Vec<String> = changed(&made(before), &made(after)).into_iter().collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_first_push_is_no_change_and_whatever_runs_something_is() {
        check(
            &[],
            &[
                ("branch.x.remote", "origin"),
                ("branch.x.merge", "refs/heads/x"),
            ],
            &[],
        );
        check(
            &[],
            &[("branch.x.remote", "ext::sh -c evil")],
            &["branch.x.remote"],
        );
        check(&[], &[("core.editor", "evil")], &["core.editor"]);
        check(&[("core.editor", "vi")], &[], &["core.editor"]);
        check(
            &[("credential.helper", "a")],
            &[("credential.helper", "a"), ("credential.helper", "evil")],
            &["credential.helper"],
        );
        check(
            &[("a.b", "1"), ("c.d", "2")],
            &[("c.d", "2"), ("a.b", "1")],
            &[],
        );
    }

    #[test]
    fn of_a_branch_only_plain_names_are_nobody_s_business() {
        let plant = |key: &str, value: &str| check(&[], &[(key, value)], &[key]);
        plant("branch.x.remote", "--upload-pack=evil");
        plant("branch.x.mergeoptions", "plain");
        plant("x.remote", "plain");
        // A setting that ran something and is gone is told too.
        check(
            &[("branch.x.remote", "ext::sh -c mine")],
            &[("branch.x.remote", "origin")],
            &["branch.x.remote"],
        );
    }
}
