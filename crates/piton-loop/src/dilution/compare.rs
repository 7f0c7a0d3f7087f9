//! Comparing the tests before and after a change, as a whole.

use std::collections::BTreeMap;

use super::finding::{Finding, Loss};
use super::gates::{gate, is_record};
use super::language::Language;
use super::passed_over;
use super::rows::{Spare, lost};
use super::strength::strength;
use super::suite::{Mark, Suite, Test};

/// One file of a change. A file that moved is one that went and one that came.
#[derive(Clone, Debug)]
pub struct FileChange {
    pub path: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Finds in what a change weakens the tests. `command` is the validation
/// command. The gravest findings come first.
pub fn compare(changes: &[FileChange], command: &[String]) -> Vec<Finding> {
    let (mut old, mut new) = (Suite::default(), Suite::default());
    for change in changes {
        if let Some(text) = &change.before {
            old.add(&change.path, text);
        }
        if let Some(text) = &change.after {
            new.add(&change.path, text);
        }
    }
    let code_changed = changes.iter().any(|change| is_code(change, &old, &new));
    let mut found = gates(changes, command);
    found.extend(losses(&old, &new, code_changed));
    found.extend(unlinked(&old, &new));
    found.extend(came(&old.focus, &new.focus, |mark| Loss::Focused { mark }));
    found.extend(came(&old.outside, &new.outside, |mark| Loss::HeldBack {
        mark,
    }));
    if code_changed {
        let records = changes.iter().filter(|change| {
            is_record(&change.path) && change.before.is_some() && change.before != change.after
        });
        found.extend(records.map(|it| Finding::of_file(Loss::RecordChanged, &it.path)));
    }
    found.sort();
    found
}

/// Marks that came with the change. One that stands elsewhere now did not.
fn came(old: &[Mark], new: &[Mark], loss: impl Fn(String) -> Loss) -> Vec<Finding> {
    let mut known: Vec<&String> = old.iter().map(|(_, mark, _)| mark).collect();
    let mut found = Vec::new();
    for (path, mark, line) in new {
        if let Some(at) = known.iter().position(|old| *old == mark) {
            known.swap_remove(at);
            continue;
        }
        found.push(Finding {
            loss: loss(mark.clone()),
            path: path.clone(),
            line: *line,
        });
    }
    found
}

fn gates(changes: &[FileChange], command: &[String]) -> Vec<Finding> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let touched = |change: &FileChange| {
        let (before, after) = (text(&change.before), text(&change.after));
        let what = (before != after).then(|| gate(&change.path, &before, &after, command))??;
        let mut found = passed_over::came(&change.path, change.before.as_deref(), &after);
        found.push(Finding::of_file(Loss::GateTouched { what }, &change.path));
        Some(found)
    };
    changes.iter().filter_map(touched).flatten().collect()
}

/// Whether a file is something that is tested, and not itself tests or records.
fn is_code(change: &FileChange, old: &Suite, new: &Suite) -> bool {
    let has_tests = |suite: &Suite| suite.tests.iter().any(|test| test.path == change.path);
    let source = Language::of(&change.path).is_some();
    let only_tests =
        (has_tests(old) || has_tests(new)) && Language::of(&change.path) != Some(Language::Rust);
    source
        && !only_tests
        && !is_record(&change.path)
        && change.before.is_some()
        && change.before != change.after
}

/// Pairs every old test with the new one that stands for it, the surest signs first.
fn losses(old: &Suite, new: &Suite, code_changed: bool) -> Vec<Finding> {
    let mut partner: Vec<Option<usize>> = vec![None; old.tests.len()];
    let mut taken = vec![false; new.tests.len()];
    let same: [fn(&Test, &Test) -> bool; 6] = [
        |a, b| a.path == b.path && a.scope == b.scope && a.name == b.name,
        |a, b| a.path == b.path && a.name == b.name,
        |a, b| a.scope == b.scope && a.name == b.name,
        |a, b| a.name == b.name,
        |a, b| !a.body.is_empty() && a.body == b.body,
        |a, b| a.shape.len() > 8 && a.path == b.path && a.shape == b.shape,
    ];
    for same in same {
        for (at, test) in old.tests.iter().enumerate() {
            if partner[at].is_some() {
                continue;
            }
            let found = new
                .tests
                .iter()
                .enumerate()
                .find(|(to, other)| !taken[*to] && same(test, other));
            if let Some((to, _)) = found {
                partner[at] = Some(to);
                taken[to] = true;
            }
        }
    }
    let mut moved = Moved::between(old, new);
    let mut spare = Spare::between(old, new, &partner);
    let mut found = Vec::new();
    for (test, partner) in old.tests.iter().zip(partner) {
        match partner {
            Some(to) => {
                let to = &new.tests[to];
                found.extend(weaker(test, to, new, &mut moved, code_changed));
            }
            None if test.skipped.is_some() => {}
            None if moved.holds_all(&test.checks) || spare.stands_for(test) => {}
            None => {
                let loss = match gone_code(test, old, new) {
                    Some(code) => Loss::DeletedWithCode {
                        test: test.name.clone(),
                        code,
                    },
                    None => Loss::Deleted {
                        test: test.name.clone(),
                    },
                };
                found.push(Finding {
                    loss,
                    path: test.path.clone(),
                    line: test.line,
                });
            }
        }
    }
    found
}

fn weaker(
    old: &Test,
    new: &Test,
    all: &Suite,
    moved: &mut Moved,
    code_changed: bool,
) -> Option<Finding> {
    let test = new.name.clone();
    let missing: Vec<String> = minus(&old.checks, &new.checks);
    let came: Vec<String> = minus(&new.checks, &old.checks);
    let rows = lost(old, new, all);
    let loss = match (&old.skipped, &new.skipped) {
        (None, Some(why)) => Loss::Skipped {
            test,
            why: why.clone(),
        },
        (None, None) if old.is_looked_for && !new.is_looked_for => Loss::Skipped {
            test,
            why: "runners look for no tests in a file of this name".to_owned(),
        },
        _ if rows.is_some() => rows?,
        _ if new.checks.len() < old.checks.len() && !moved.holds_all(&missing) => {
            let (before, after) = (old.checks.len(), new.checks.len());
            // Checks that a helper makes now are not seen here: words that the
            // test did not have before may be one, an empty body is none.
            if after == 0 && !calls_something_new(old, new) {
                Loss::Emptied { test }
            } else {
                Loss::FewerAssertions {
                    test,
                    before,
                    after,
                }
            }
        }
        _ if code_changed && old.body != new.body && old.shape == new.shape => {
            Loss::ExpectedChanged { test }
        }
        _ if missing.len() == came.len() && asks(&came) < asks(&missing) => Loss::Weaker { test },
        _ if let Some(how) = mocks(new).filter(|_| mocks(old).is_none()) => {
            let how = how.to_owned();
            Loss::Mocked { test, how }
        }
        _ => return None,
    };
    Some(Finding {
        loss,
        path: new.path.clone(),
        line: new.line,
    })
}

/// How much checks ask for, taken together.
fn asks(checks: &[String]) -> u32 {
    checks.iter().map(|check| u32::from(strength(check))).sum()
}

/// The word by which a test puts something in place of something else.
fn mocks(test: &Test) -> Option<&str> {
    const WORDS: [&str; 18] = [
        "patch",
        "Mock",
        "MagicMock",
        "AsyncMock",
        "monkeypatch",
        "mocker",
        "spyOn",
        "mock",
        "doMock",
        "mockReturnValue",
        "mockResolvedValue",
        "mockImplementation",
        "stub",
        "stubs",
        "doReturn",
        "thenReturn",
        "allow",
        "and_return",
    ];
    WORDS.into_iter().find(|word| test.words.contains(*word))
}

fn calls_something_new(old: &Test, new: &Test) -> bool {
    // A word that begins with `assert` is a check already, or a trivial one.
    let helper = |word: &&String| {
        !word.starts_with("assert")
            && !["assert", "expect", "expects", "expected"].contains(&word.as_str())
            && ["check", "assert", "verify", "ensure", "should", "expect"]
                .iter()
                .any(|about| word.to_lowercase().contains(about))
    };
    new.words.difference(&old.words).any(|word| helper(&word)) && new.body.len() > 3
}

/// The definitions that a deleted test used and that went with it. Where as
/// much code came as went, it was renamed and the test should have followed.
fn gone_code(test: &Test, old: &Suite, new: &Suite) -> Option<String> {
    let gone: Vec<&String> = old.code.difference(&new.code).collect();
    let came = new.code.difference(&old.code).count();
    if came >= gone.len() {
        return None;
    }
    gone.into_iter()
        .find(|name| test.words.contains(*name))
        .cloned()
}

fn unlinked(old: &Suite, new: &Suite) -> Vec<Finding> {
    let linked = |name: &str| new.links.iter().any(|(_, module, _)| module == name);
    // A module whose tests all went, or that came to stand elsewhere, is told there.
    let deleted = |name: &str| {
        let file = |test: &Test| {
            test.path.ends_with(&format!("/{name}.rs")) || test.path.contains(&format!("/{name}/"))
        };
        old.tests.iter().any(file) && !new.tests.iter().any(file)
    };
    let lost = old
        .links
        .iter()
        .filter(|(_, module, _)| !linked(module) && !deleted(module));
    lost.map(|(path, module, _)| {
        let module = module.clone();
        Finding::of_file(Loss::Unlinked { module }, path)
    })
    .collect()
}

/// Checks that came somewhere in the change, each to be used once.
struct Moved(BTreeMap<String, usize>);

impl Moved {
    fn between(old: &Suite, new: &Suite) -> Self {
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        let live = new.tests.iter().filter(|test| test.skipped.is_none());
        for check in live.flat_map(|test| &test.checks) {
            *counts.entry(check.clone()).or_default() += 1;
        }
        // What stood at a test that is paired with itself cancels out.
        for test in &old.tests {
            let kept = (new.tests.iter()).find(|it| it.path == test.path && it.name == test.name);
            let Some(kept) = kept else { continue };
            for check in test.checks.iter().filter(|it| kept.checks.contains(it)) {
                *counts.entry(check.clone()).or_default() -= 1;
            }
        }
        let counts = counts.into_iter();
        Self(
            counts
                .filter_map(|(check, count)| Some((check, usize::try_from(count).ok()?)))
                .collect(),
        )
    }

    fn holds_all(&mut self, checks: &[String]) -> bool {
        let mut left = self.0.clone();
        for check in checks {
            match left.get_mut(check) {
                Some(count) if *count > 0 => *count -= 1,
                _ => return false,
            }
        }
        let some = !checks.is_empty();
        if some {
            self.0 = left;
        }
        some
    }
}

fn minus(all: &[String], less: &[String]) -> Vec<String> {
    let mut less = less.to_vec();
    let mut rest = Vec::new();
    for one in all {
        match less.iter().position(|other| other == one) {
            Some(at) => {
                less.remove(at);
            }
            None => rest.push(one.clone()),
        }
    }
    rest
}
