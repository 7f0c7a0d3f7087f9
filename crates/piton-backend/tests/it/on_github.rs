//! Plans on GitHub: how many requests, what is repeated, who counts.

use jiff::Timestamp;
use piton_backend::log::{Entry, LogPage, Writer};
use piton_backend::store::forge::Medium;
use piton_backend::store::{Backend, BackendError, BackendRead, NewPlan, Noted, PlanId, Reason};
use piton_testkit::forge::{Comment, FakeGitHub, Fault, FaultKind, World};

use crate::backends::{change, fake, new_plan, patch, with_forge};

const PLACES: [Medium; 2] = [Medium::Issue, Medium::DraftPull];

fn made(fake: &FakeGitHub, place: Medium) -> PlanId {
    let mut id = None;
    with_forge(fake, place, "maker", |backend| {
        id = Some(backend.create(&new_plan("a")).unwrap().id);
    });
    fake.take_log();
    id.unwrap()
}

fn add_comment(world: &mut World, issue: u64, body: &str, user: &str, association: &str) {
    let id = world.next_id();
    let now = Timestamp::now();
    let comment = Comment {
        issue,
        body: body.to_owned(),
        user: user.to_owned(),
        association: association.to_owned(),
        created_at: now,
        updated_at: now,
    };
    world.repo("acme/app").comments.insert(id, comment);
}

fn text(fake: &FakeGitHub, place: Medium, id: &PlanId, name: &str) -> Option<String> {
    let mut value = None;
    with_forge(fake, place, "reader", |backend| {
        let document = backend.document(id).unwrap().unwrap();
        value = document.header().unwrap().text(name).map(str::to_owned);
    });
    value
}

#[test]
fn an_update_takes_at_most_five_requests_and_a_read_one() {
    for place in PLACES {
        let fake = fake();
        let id = made(&fake, place);
        with_forge(&fake, place, "clone-1", |backend| {
            for n in 0..3 {
                let patch = format!(r#"{{"worktree_name": "w{n}"}}"#);
                backend
                    .update_metadata(&id, &change(&format!("k{n}"), &patch))
                    .unwrap();
                let log = fake.take_log();
                assert!(log.len() <= 5, "{log:?}");
            }
            backend.field(&id, "worktree_name").unwrap();
            assert_eq!(fake.take_log().len(), 1);
        });
    }
}

#[test]
fn a_creation_that_was_cut_off_is_completed_and_never_doubled() {
    for place in PLACES {
        // After every request that writes, the answer is lost once.
        for lost in 0..8 {
            let fake = fake();
            fake.fault(Fault::new("POST", "", FaultKind::StatusAfter(502)).skip(lost));
            fake.fault(Fault::new("PATCH", "", FaultKind::Status(500, "{}")).times(u32::MAX));
            with_forge(&fake, place, "maker", |backend| {
                let first = backend.create(&new_plan("a"));
                fake.clear_faults();
                let again = backend.create(&new_plan("a")).unwrap();
                if let Err(BackendError::Partial { id, .. }) = first {
                    assert_eq!(id, again.id, "what is there is told");
                }
                let document = backend.document(&again.id).unwrap().unwrap();
                let text = backend.text(&document).unwrap().unwrap();
                assert_eq!(text.trim(), new_plan("a").text);
                if place == Medium::Issue {
                    assert!(
                        document
                            .header()
                            .unwrap()
                            .number("plan_comment_id")
                            .is_some()
                    );
                } else {
                    assert!(document.body.contains("erk slot teleport"));
                }
            });
            let plans = fake.world(|world| world.repo("acme/app").issues.len());
            assert_eq!(plans, 1, "{place:?}, lost {lost}");
            assert!(fake.violations().is_empty(), "{:?}", fake.violations());
        }
    }
}

#[test]
fn two_plans_of_one_title_in_one_minute_get_branches_of_their_own() {
    let fake = fake();
    with_forge(&fake, Medium::DraftPull, "maker", |backend| {
        let first = backend.create(&new_plan("a")).unwrap();
        let second = backend.create(&new_plan("b")).unwrap();
        assert_ne!(first.branch, second.branch);
        let branch = first.branch.unwrap();
        assert!(branch.starts_with("plnd/O7-add-a-cache-"), "{branch}");
        assert_eq!(
            backend.plan_of_branch(&branch).unwrap(),
            Some(first.id.clone())
        );
        let document = backend.document(&first.id).unwrap().unwrap();
        assert!(
            document.title.starts_with("[erk-pr] "),
            "{}",
            document.title
        );
        assert!(document.is_draft);
        assert!(!document.body.to_lowercase().contains("closes"));
    });
}

#[test]
fn a_strangers_comment_that_looks_like_a_log_counts_for_nothing() {
    for place in PLACES {
        let fake = fake();
        let id = made(&fake, place);
        with_forge(&fake, place, "clone-1", |backend| {
            let header = backend.document(&id).unwrap().unwrap().header().unwrap();
            let mut page = LogPage::new(Writer::new("clone-1").unwrap());
            page.add(
                Entry::of(
                    &patch(r#"{"worktree_name": "evil", "learn_run_id": "evil"}"#),
                    &header,
                    "evil".to_owned(),
                    "2099-01-01T00:00:00Z".parse().unwrap(),
                )
                .unwrap(),
            );
            fake.world(|world| {
                add_comment(
                    world,
                    id.number().unwrap(),
                    &page.render(),
                    "mallory",
                    "NONE",
                );
            });
            backend
                .update_metadata(&id, &change("k", r#"{"worktree_name": "w"}"#))
                .unwrap();
            let document = backend.document(&id).unwrap().unwrap();
            assert!(backend.lacks(&document).unwrap().is_empty());
        });
        assert_eq!(
            text(&fake, place, &id, "worktree_name").as_deref(),
            Some("w")
        );
        assert_eq!(text(&fake, place, &id, "learn_run_id"), None);
    }
}

#[test]
fn whoever_overwrites_a_body_is_put_right_by_the_next_writer_and_by_repair() {
    let fake = fake();
    let id = made(&fake, Medium::Issue);
    let number = id.number().unwrap();
    let before = fake.world(|world| world.repo("acme/app").issues[&number].body.clone());
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        backend
            .update_metadata(&id, &change("k1", r#"{"worktree_name": "w"}"#))
            .unwrap();
        // Somebody writes what they read before.
        fake.world(|world| {
            let issue = world.repo("acme/app").issues.get_mut(&number).unwrap();
            issue.body.clone_from(&before);
        });
        let document = backend.document(&id).unwrap().unwrap();
        let lacks = backend.lacks(&document).unwrap();
        assert_eq!(lacks.sets().len(), 1);
        let repaired = backend.repair(&id).unwrap();
        assert_eq!(repaired.changed.len(), 1);
        assert!(backend.repair(&id).unwrap().changed.is_empty());
    });
    assert_eq!(
        text(&fake, Medium::Issue, &id, "worktree_name").as_deref(),
        Some("w")
    );
}

#[test]
fn a_start_that_is_sent_late_does_not_undo_the_end() {
    let fake = fake();
    let id = made(&fake, Medium::Issue);
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        let event = |event: &str, at: &str| {
            format!(r#"{{"last_local_impl_at": "{at}", "last_local_impl_event": "{event}"}}"#)
        };
        let ended = event("ended", "2026-02-15T11:00:00+00:00");
        backend.update_metadata(&id, &change("k1", &ended)).unwrap();
        let started = event("started", "2026-02-15T10:00:00+00:00");
        let updated = backend
            .update_metadata(&id, &change("k2", &started))
            .unwrap();
        assert!(updated.changed.is_empty());
        assert!(matches!(
            updated.notes[..],
            [Noted::Yielded(_), Noted::Yielded(_)]
        ));
    });
    let event = text(&fake, Medium::Issue, &id, "last_local_impl_event");
    assert_eq!(event.as_deref(), Some("ended"));
}

#[test]
fn what_people_write_meanwhile_in_other_places_stays() {
    let fake = fake();
    let id = made(&fake, Medium::Issue);
    let number = id.number().unwrap();
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        fake.world(|world| {
            let issue = world.repo("acme/app").issues.get_mut(&number).unwrap();
            issue.body = format!("A note of ours.\r\n\r\n{}", issue.body);
        });
        backend
            .update_metadata(&id, &change("k", r#"{"worktree_name": "w"}"#))
            .unwrap();
    });
    let body = fake.world(|world| world.repo("acme/app").issues[&number].body.clone());
    assert!(body.starts_with("A note of ours.\r\n\r\n"), "{body}");
}

#[test]
fn what_is_no_plan_says_what_it_is() {
    let fake = fake();
    let now = Timestamp::now();
    let (issue, objective, broken) = fake.world(|world| {
        let repo = world.repo("acme/app");
        (
            repo.add_issue("bug", "it breaks", &[], "octo", now),
            repo.add_issue("big", "# Objective", &["erk-objective"], "octo", now),
            repo.add_issue(
                "broken",
                "<!-- erk:metadata-block:plan-header -->\nx\n<!-- /erk:metadata-block:plan-header -->",
                &["erk-plan"],
                "octo",
                now,
            ),
        )
    });
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        let error = |number: u64| {
            let id = PlanId::from(number);
            let change = change("k", r#"{"worktree_name": "w"}"#);
            backend.update_metadata(&id, &change).unwrap_err()
        };
        assert_eq!(error(issue).reason(), Reason::NoPlanHeader);
        assert!(error(objective).to_string().contains("objective"));
        assert_eq!(error(broken).reason(), Reason::InvalidMetadata);
        fake.take_log();
        error(issue);
        assert_eq!(fake.take_log().len(), 1, "nothing was written");
    });
}

#[test]
fn a_plan_comment_is_replaced_and_no_other_one() {
    let fake = fake();
    let id = made(&fake, Medium::Issue);
    let number = id.number().unwrap();
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        fake.world(|world| {
            let repo = world.repo("acme/app");
            repo.comments.retain(|_, comment| comment.issue != number);
            add_comment(world, number, "a remark", "octo", "OWNER");
        });
        let error = backend.update_text(&id, "# New").unwrap_err();
        assert!(matches!(error, BackendError::NoTextComment(_)), "{error}");
    });
}

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

#[test]
fn a_learn_plan_is_marked_as_one() {
    let fake = fake();
    with_forge(&fake, Medium::Issue, "maker", |backend| {
        let new = NewPlan {
            learn: true,
            ..new_plan("a")
        };
        let id = backend.create(&new).unwrap().id;
        let document = backend.document(&id).unwrap().unwrap();
        assert!(document.title.starts_with("[erk-learn] "));
        assert!(document.labels.contains(&"erk-learn".to_owned()));
        assert!(!document.body.contains("## Commands"));
    });
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
fn a_log_that_was_begun_twice_is_one_again_after_the_next_change() {
    let fake = fake();
    let id = made(&fake, Medium::Issue);
    let number = id.number().unwrap();
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        let set = |key: &str, patch: &str| {
            backend.update_metadata(&id, &change(key, patch)).unwrap();
        };
        set("k1", r#"{"worktree_name": "a"}"#);
        // The answer was lost, and GitHub showed what was.
        let log = fake.world(|world| {
            let own = world.repo("acme/app").comments.values();
            let mut own = own.filter(|comment| LogPage::read(&comment.body).is_some());
            own.next().unwrap().body.clone()
        });
        fake.world(|world| add_comment(world, number, &log, "octo-dev", "MEMBER"));
        let told = || {
            let comments = backend.comments(&id).unwrap().unwrap();
            piton_backend::events::events(&comments).len()
        };
        assert_eq!(told(), 1, "nothing is told twice");
        set("k2", r#"{"worktree_name": "b"}"#);
        assert_eq!(told(), 2);
        let logs = fake.world(|world| {
            let all = world.repo("acme/app").comments.values();
            all.filter(|comment| LogPage::read(&comment.body).is_some())
                .count()
        });
        assert_eq!(logs, 1);
    });
    assert!(fake.violations().is_empty(), "{:?}", fake.violations());
}

#[test]
fn a_comment_that_was_made_twice_is_one_again() {
    let fake = fake();
    let id = made(&fake, Medium::Issue);
    fake.fault(Fault::new("POST", "/comments", FaultKind::StatusAfter(502)));
    // Looked for before it is made again, it is not shown yet.
    fake.fault(Fault::new("GET", "/comments", FaultKind::Stale(1)).skip(1));
    with_forge(&fake, Medium::Issue, "clone-1", |backend| {
        let first = backend.add_comment(&id, "hello", Some("k")).unwrap();
        assert_eq!(backend.add_comment(&id, "hello", Some("k")).unwrap(), first);
        let said = backend.comments(&id).unwrap().unwrap();
        let said = said
            .iter()
            .filter(|comment| comment.body.starts_with("hello"));
        assert_eq!(said.count(), 1);
    });
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
