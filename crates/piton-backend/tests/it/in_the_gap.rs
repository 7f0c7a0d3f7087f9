//! What others write between the reading of a plan on GitHub and its writing.

use jiff::Timestamp;
use piton_backend::log::LogPage;
use piton_backend::store::forge::Medium;
use piton_backend::store::{Backend, BackendRead, Noted, PlanId};
use piton_testkit::forge::{Fault, FaultKind, World};

use crate::backends::{change, fake, with_forge};
use crate::on_github::{PLACES, add_comment, made, text};

/// Replaces the text of a plan while somebody edits what holds it.
fn text_in_the_gap(place: Medium, edit: fn(&str) -> String) -> (String, Vec<Noted>) {
    let fake = fake();
    let id = made(&fake, place);
    let number = id.number().unwrap();
    let holds = |body: &str| body.contains("two <details>x</details>");
    let comment = fake.world(|world| {
        let comments = world.repo("acme/app").comments.iter();
        let mut holding = comments.filter(|(_, comment)| holds(&comment.body));
        holding.next().map(|(id, _)| *id)
    });
    let meanwhile = move |world: &mut World| {
        let now = Timestamp::now();
        let repo = world.repo("acme/app");
        if let Some(comment) = comment {
            let body = edit(&repo.comments[&comment].body);
            repo.edit_comment(comment, "ada", &body, now);
        } else {
            let body = edit(&repo.issues[&number].body);
            repo.edit_body(number, "ada", &body, now);
        }
    };
    fake.fault(Fault::new(
        "PATCH",
        "",
        FaultKind::Before(Box::new(meanwhile)),
    ));
    let mut notes = Vec::new();
    with_forge(&fake, place, "clone-1", |backend| {
        notes = backend.replace_text(&id, "# New\n\ntext", None).unwrap();
    });
    assert!(fake.violations().is_empty(), "{:?}", fake.violations());
    let body = fake.world(|world| {
        let repo = world.repo("acme/app");
        match comment {
            Some(comment) => repo.comments[&comment].body.clone(),
            None => repo.issues[&number].body.clone(),
        }
    });
    (body, notes)
}

#[test]
fn a_text_that_a_person_changes_in_the_gap_is_told_of() {
    for place in PLACES {
        let (body, notes) = text_in_the_gap(place, |body| body.replace("one", "another"));
        assert!(body.contains("# New\n\ntext"), "{body}");
        assert_eq!(notes, [Noted::Overwrote("ada".to_owned())], "{place:?}");
    }
}

#[test]
fn words_beside_a_text_that_a_person_writes_in_the_gap_stay() {
    let (body, notes) =
        text_in_the_gap(Medium::DraftPull, |body| format!("Ada's words.\n\n{body}"));
    assert!(body.starts_with("Ada's words.\n"), "{body}");
    assert!(body.contains("# New\n\ntext"), "{body}");
    assert_eq!(notes, [Noted::Merged("ada".to_owned())]);
}

/// Sets a field while somebody edits the body between the reading of it and
/// the writing.
fn in_the_gap(place: Medium, edit: fn(&str) -> String) -> (String, Vec<Noted>) {
    let fake = fake();
    let id = made(&fake, place);
    let number = id.number().unwrap();
    let mut notes = Vec::new();
    with_forge(&fake, place, "clone-1", |backend| {
        let set = |key: &str, patch: &str| backend.update_metadata(&id, &change(key, patch));
        set("k0", r#"{"worktree_name": "first"}"#).unwrap();
        let issue = format!("/issues/{number}");
        let meanwhile = move |world: &mut World| {
            let now = Timestamp::now();
            let repo = world.repo("acme/app");
            let body = edit(&repo.issues[&number].body);
            repo.edit_body(number, "ada", &body, now);
        };
        let before = FaultKind::Before(Box::new(meanwhile));
        fake.fault(Fault::new("PATCH", issue, before));
        notes = set("k1", r#"{"worktree_name": "second"}"#).unwrap().notes;
    });
    assert!(fake.violations().is_empty(), "{:?}", fake.violations());
    let body = fake.world(|world| world.repo("acme/app").issues[&number].body.clone());
    (body, notes)
}

#[test]
fn what_a_person_writes_between_reading_and_writing_is_merged() {
    for place in PLACES {
        let (body, notes) = in_the_gap(place, |body| format!("{body}\n\nA word of Ada's.\n"));
        assert!(body.ends_with("A word of Ada's.\n"), "{body}");
        assert!(body.contains("worktree_name: second"), "{body}");
        assert_eq!(notes, [Noted::Merged("ada".to_owned())]);
    }
}

#[test]
fn words_that_were_written_over_twice_are_told_with_their_writer() {
    for place in PLACES {
        let fake = fake();
        let id = made(&fake, place);
        let number = id.number().unwrap();
        let writes = move |who: &'static str, words: &'static str| {
            FaultKind::Before(Box::new(move |world: &mut World| {
                let repo = world.repo("acme/app");
                let body = format!("{}\n\n{words}\n", repo.issues[&number].body);
                repo.edit_body(number, who, &body, Timestamp::now());
            }))
        };
        with_forge(&fake, place, "clone-1", |backend| {
            let set = |key: &str, patch: &str| backend.update_metadata(&id, &change(key, patch));
            set("k0", r#"{"worktree_name": "first"}"#).unwrap();
            let issue = format!("/issues/{number}");
            // Ada writes before the body is written, and Bob after it.
            fake.fault(Fault::new("PATCH", issue, writes("ada", "Ada's.")));
            fake.fault(Fault::new("POST", "/graphql", writes("bob", "Bob's.")));
            let notes = set("k1", r#"{"worktree_name": "second"}"#).unwrap().notes;
            assert_eq!(notes, [Noted::Overwrote("ada".to_owned())]);
            let told = notes[0].warning().unwrap();
            assert!(told.contains("what ada changed"), "{told}");
        });
        let body = fake.world(|world| world.repo("acme/app").issues[&number].body.clone());
        assert!(body.contains("worktree_name: second"), "{body}");
        assert!(body.ends_with("Bob's.\n"), "{body}");
        assert!(fake.violations().is_empty(), "{:?}", fake.violations());
    }
}

#[test]
fn among_hundreds_of_comments_the_own_log_is_found_and_words_are_kept() {
    for place in PLACES {
        let fake = fake();
        let id = made(&fake, place);
        let number = id.number().unwrap();
        fake.world(|world| {
            for n in 0..230 {
                add_comment(world, number, &format!("comment {n}"), "ada", "MEMBER");
            }
        });
        for n in 0..3 {
            // Each time another process, which remembers nothing.
            with_forge(&fake, place, "clone-1", |backend| {
                let meanwhile = move |world: &mut World| {
                    let repo = world.repo("acme/app");
                    let body = format!("{}\n\nWord {n}.\n", repo.issues[&number].body);
                    repo.edit_body(number, "ada", &body, Timestamp::now());
                };
                let issue = format!("/issues/{number}");
                let before = FaultKind::Before(Box::new(meanwhile));
                fake.fault(Fault::new("PATCH", issue, before));
                let patch = format!(r#"{{"worktree_name": "w{n}"}}"#);
                backend
                    .update_metadata(&id, &change(&format!("k{n}"), &patch))
                    .unwrap();
            });
        }
        let (body, logs) = fake.world(|world| {
            let repo = world.repo("acme/app");
            let all = repo.comments.values();
            let logs: Vec<_> = all
                .filter_map(|comment| LogPage::read(&comment.body))
                .collect();
            (repo.issues[&number].body.clone(), logs)
        });
        assert_eq!(logs.len(), 1, "one comment for each writer");
        assert_eq!(logs[0].entries.len(), 3);
        assert!(body.contains("worktree_name: w2"), "{body}");
        for n in 0..3 {
            assert!(body.contains(&format!("Word {n}.")), "{body}");
        }
        assert!(fake.violations().is_empty(), "{:?}", fake.violations());
    }
}

#[test]
fn a_field_that_another_tool_sets_between_reading_and_writing_stays() {
    let (body, _) = in_the_gap(Medium::Issue, |body| {
        body.replace(
            "worktree_name: first",
            "worktree_name: first\nlearn_run_id: other",
        )
    });
    assert!(body.contains("learn_run_id: other"), "{body}");
    assert!(body.contains("worktree_name: second"), "{body}");
}

#[test]
fn a_text_that_a_stranger_wrote_is_told_as_one() {
    let fake = fake();
    let now = Timestamp::now();
    let number = fake.world(|world| {
        let repo = world.repo("acme/app");
        repo.add_issue("Do it", "# Do it\n\nAll of it.", &["erk-plan"], "octo", now)
    });
    let id = PlanId::from(number);
    let trusted = || {
        let mut trusted = None;
        with_forge(&fake, Medium::Issue, "clone-1", |backend| {
            let document = backend.document(&id).unwrap().unwrap();
            trusted = Some(backend.source(&document).unwrap().unwrap().trusted);
        });
        trusted.unwrap()
    };
    assert!(trusted());
    let comment = piton_backend::text::wrap_comment("# Another");
    fake.world(|world| add_comment(world, number, &comment, "mallory", "NONE"));
    assert!(!trusted());
    fake.world(|world| add_comment(world, number, &comment, "octo", "OWNER"));
    assert!(trusted());
}

#[test]
fn where_graphql_is_not_to_be_had_an_update_works_all_the_same() {
    let fake = fake();
    let id = made(&fake, Medium::Issue);
    fake.fault(Fault::new("POST", "/graphql", FaultKind::Status(501, "no")).times(u32::MAX));
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        backend
            .update_metadata(&id, &change("k", r#"{"worktree_name": "w"}"#))
            .unwrap();
        let asked = fake.take_log();
        let asked = asked.iter().filter(|line| line.contains("graphql"));
        assert_eq!(asked.count(), 1, "it is not asked for again and again");
    });
    assert_eq!(
        text(&fake, Medium::Issue, &id, "worktree_name").as_deref(),
        Some("w")
    );
}

/// What another clone did between reading and writing is written over, and no
/// versions tell of it: its log does.
#[test]
fn a_field_of_another_clone_that_was_written_over_is_brought_back_at_once() {
    for place in PLACES {
        let fake = fake();
        let id = made(&fake, place);
        let number = id.number().unwrap();
        let stands = || {
            fake.world(|world| {
                let repo = world.repo("acme/app");
                (repo.issues[&number].body.clone(), repo.comments.clone())
            })
        };
        let (body, comments) = stands();
        with_forge(&fake, place, "clone-2", |backend| {
            let theirs = change("k2", r#"{"learn_run_id": "theirs"}"#);
            backend.update_metadata(&id, &theirs).unwrap();
        });
        let (their_body, mut their_log) = stands();
        their_log.retain(|id, _| !comments.contains_key(id));
        assert_eq!(their_log.len(), 1);
        // It comes later: right before the first one writes.
        fake.world(|world| {
            let repo = world.repo("acme/app");
            repo.issues.get_mut(&number).unwrap().body = body;
            repo.comments = comments;
        });
        let meanwhile = move |world: &mut World| {
            let repo = world.repo("acme/app");
            repo.issues
                .get_mut(&number)
                .unwrap()
                .body
                .clone_from(&their_body);
            repo.comments.extend(their_log.clone());
        };
        let before = FaultKind::Before(Box::new(meanwhile));
        fake.fault(Fault::new("PATCH", format!("/issues/{number}"), before));
        let unseen = FaultKind::Status(403, r#"{"message": "no"}"#);
        fake.fault(Fault::new("POST", "/graphql", unseen).times(u32::MAX));
        with_forge(&fake, place, "clone-1", |backend| {
            let ours = change("k1", r#"{"worktree_name": "ours"}"#);
            backend.update_metadata(&id, &ours).unwrap();
        });
        let has = |field: &str| text(&fake, place, &id, field);
        assert_eq!(has("worktree_name").as_deref(), Some("ours"), "{place:?}");
        assert_eq!(has("learn_run_id").as_deref(), Some("theirs"), "{place:?}");
    }
}
