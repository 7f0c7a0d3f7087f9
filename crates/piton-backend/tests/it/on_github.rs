//! Plans on GitHub: how many requests, what is repeated, who counts.

use jiff::Timestamp;
use piton_backend::log::{Entry, LogPage, Writer};
use piton_backend::store::forge::Medium;
use piton_backend::store::{Backend, BackendError, BackendRead, NewPlan, Noted, PlanId, Reason};
use piton_testkit::forge::{Comment, FakeGitHub, Fault, FaultKind, World};

use crate::backends::{change, fake, new_plan, patch, with_forge};

pub(crate) const PLACES: [Medium; 2] = [Medium::Issue, Medium::DraftPull];

pub(crate) fn made(fake: &FakeGitHub, place: Medium) -> PlanId {
    let mut id = None;
    with_forge(fake, place, "maker", |backend| {
        id = Some(backend.create(&new_plan("a")).unwrap().id);
    });
    fake.take_log();
    id.unwrap()
}

pub(crate) fn add_comment(
    world: &mut World,
    issue: u64,
    body: &str,
    user: &str,
    association: &str,
) {
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

pub(crate) fn text(fake: &FakeGitHub, place: Medium, id: &PlanId, name: &str) -> Option<String> {
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
fn a_creation_that_is_gone_on_with_much_later_takes_the_branch_that_it_made() {
    let fake = fake();
    let new = NewPlan {
        since: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        ..new_plan("shared")
    };
    fake.fault(Fault::new("POST", "/pulls", FaultKind::Status(500, "{}")).times(u32::MAX));
    with_forge(&fake, Medium::DraftPull, "maker", |backend| {
        backend.create(&new).unwrap_err();
        fake.clear_faults();
        let branch = backend.create(&new).unwrap().branch.unwrap();
        assert!(branch.ends_with("-01-02-0304"), "{branch}");
    });
    let plans = fake.world(|world| {
        let refs = &world.repo("acme/app").refs;
        refs.keys().filter(|name| name.contains("plnd/")).count()
    });
    assert_eq!(plans, 1, "a branch was left without a pull request");
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
        let error = backend.replace_text(&id, "# New", None).unwrap_err();
        assert!(matches!(error, BackendError::NoTextComment(_)), "{error}");
    });
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
