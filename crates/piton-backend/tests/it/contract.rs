//! What every backend does, whatever keeps the plans.

use piton_backend::store::{Backend, BackendError, PlanId, PlanQuery, Reason, State};

use crate::backends::{change, each, new_plan};

fn missing(backend: &dyn Backend) -> PlanId {
    match backend.provider().name() {
        "github" | "github-draft-pr" => PlanId::from(9999),
        _ => "no-such-plan".parse().unwrap(),
    }
}

#[test]
fn a_comment_of_ones_own_says_what_it_was_told_last() {
    each(|backend| {
        let id = backend.create(&new_plan("a")).unwrap().id;
        let first = backend.set_comment(&id, "report", "begun").unwrap();
        backend.add_comment(&id, "another", None).unwrap();
        assert_eq!(backend.set_comment(&id, "report", "ended").unwrap(), first);
        let comments = backend.comments(&id).unwrap().unwrap();
        let own = comments.iter().find(|comment| comment.id == first).unwrap();
        assert!(own.body.starts_with("ended"), "{}", own.body);
        let missing = "none".parse().unwrap();
        assert!(backend.set_comment(&missing, "report", "x").is_err());
    });
}

#[test]
fn a_plan_comes_back_as_it_was_made() {
    each(|backend| {
        let made = backend.create(&new_plan("a")).unwrap();
        let document = backend.document(&made.id).unwrap().unwrap();
        assert_eq!(document.id, made.id);
        assert!(
            document.title.ends_with("Add a cache"),
            "{}",
            document.title
        );
        assert_eq!(document.state, State::Open);
        assert!(document.labels.contains(&"team".to_owned()));
        let text = backend.text(&document).unwrap().unwrap();
        assert_eq!(text.trim(), new_plan("a").text);
        let header = document.header().unwrap();
        assert_eq!(header.text("schema_version"), Some("2"));
        assert_eq!(header.number("objective_issue"), Some(7));
        assert!(header.text("created_at").unwrap().ends_with("+00:00"));
    });
}

#[test]
fn a_plan_that_shows_markers_comes_back_as_it_was_made() {
    each(|backend| {
        let mut new = new_plan("a");
        new.text = "Look for `<!-- erk:metadata-block:plan-header -->`\n\n---\n\n<details>\n\n<!-- /erk:metadata-block -->\n\n</details>".to_owned();
        let made = backend.create(&new).unwrap();
        backend
            .update_metadata(&made.id, &change("c", r#"{"branch_name": "b"}"#))
            .unwrap();
        let document = backend.document(&made.id).unwrap().unwrap();
        assert_eq!(backend.text(&document).unwrap().unwrap().trim(), new.text);
    });
}

#[test]
fn a_creation_that_is_asked_for_again_makes_no_second_plan() {
    each(|backend| {
        let first = backend.create(&new_plan("a")).unwrap();
        let again = backend.create(&new_plan("a")).unwrap();
        let other = backend.create(&new_plan("b")).unwrap();
        assert_eq!(first, again);
        assert_ne!(first.id, other.id);
        assert_eq!(backend.list(&PlanQuery::default()).unwrap().plans.len(), 2);
    });
}

#[test]
fn a_plan_without_text_is_refused() {
    each(|backend| {
        let mut new = new_plan("a");
        new.text = " \n".to_owned();
        assert!(matches!(backend.create(&new), Err(BackendError::EmptyText)));
        assert!(
            backend
                .list(&PlanQuery::default())
                .unwrap()
                .plans
                .is_empty()
        );
    });
}

#[test]
fn fields_are_set_and_everything_else_stays() {
    each(|backend| {
        let made = backend.create(&new_plan("a")).unwrap();
        let before = backend.document(&made.id).unwrap().unwrap();
        let updated = backend
            .update_metadata(
                &made.id,
                &change("c", r#"{"worktree_name": "b", "created_by": "evil"}"#),
            )
            .unwrap();
        let names: Vec<_> = updated.changed.iter().map(|field| field.name()).collect();
        assert_eq!(names, ["worktree_name"]);
        assert_eq!(updated.notes.len(), 1, "the immutable field is told of");
        let after = backend.document(&made.id).unwrap().unwrap();
        assert_eq!(after.body.replace("\nworktree_name: b", ""), before.body);
        let value = backend.field(&made.id, "worktree_name").unwrap().unwrap();
        assert_eq!(value.unwrap().as_text(), Some("b"));
        assert_eq!(backend.field(&made.id, "learn_status").unwrap(), Some(None));
    });
}

#[test]
fn a_patch_that_says_nothing_new_writes_nothing() {
    each(|backend| {
        let made = backend.create(&new_plan("a")).unwrap();
        let before = backend.document(&made.id).unwrap().unwrap();
        let updated = backend
            .update_metadata(&made.id, &change("c", "{}"))
            .unwrap();
        assert!(updated.changed.is_empty());
        let after = backend.document(&made.id).unwrap().unwrap();
        assert_eq!(after.body, before.body);
    });
}

#[test]
fn what_is_not_there_is_a_value_for_readers_and_an_error_for_writers() {
    each(|backend| {
        let id = missing(backend);
        assert!(backend.document(&id).unwrap().is_none());
        assert!(backend.field(&id, "branch_name").unwrap().is_none());
        assert!(backend.comments(&id).unwrap().is_none());
        let is_missing = |error: BackendError| {
            assert_eq!(error.reason(), Reason::NotFound, "{error}");
        };
        is_missing(
            backend
                .update_metadata(&id, &change("c", r#"{"branch_name": "b"}"#))
                .unwrap_err(),
        );
        is_missing(backend.replace_text(&id, "text", None).unwrap_err());
        is_missing(backend.add_comment(&id, "text", Some("k")).unwrap_err());
        is_missing(backend.close(&id).unwrap_err());
    });
}

#[test]
fn an_id_of_another_provider_is_not_found() {
    each(|backend| {
        let id: PlanId = match backend.provider().name() {
            "github" | "github-draft-pr" => "PROJ-1".parse().unwrap(),
            "local" => PlanId::from(7),
            _ => return,
        };
        let error = backend
            .update_metadata(&id, &change("c", r#"{"branch_name": "b"}"#))
            .unwrap_err();
        assert_eq!(error.reason(), Reason::NotFound, "{error}");
    });
}

#[test]
fn a_comment_with_a_key_is_there_once() {
    each(|backend| {
        let made = backend.create(&new_plan("a")).unwrap();
        let count = |backend: &dyn Backend| {
            let comments = backend.comments(&made.id).unwrap().unwrap();
            comments
                .iter()
                .filter(|comment| comment.body.contains("it began"))
                .count()
        };
        let first = backend
            .add_comment(&made.id, "it began", Some("k"))
            .unwrap();
        let again = backend
            .add_comment(&made.id, "it began", Some("k"))
            .unwrap();
        assert_eq!(first, again);
        assert_eq!(count(backend), 1);
        backend.add_comment(&made.id, "it began", None).unwrap();
        assert_eq!(count(backend), 2);
    });
}

#[test]
fn an_event_is_a_comment_and_fields() {
    each(|backend| {
        let made = backend.create(&new_plan("a")).unwrap();
        let change = change("k", r#"{"worktree_name": "w"}"#);
        backend
            .post_event(&made.id, &change, Some("it began"))
            .unwrap();
        backend
            .post_event(&made.id, &change, Some("it began"))
            .unwrap();
        let comments = backend.comments(&made.id).unwrap().unwrap();
        let told = comments
            .iter()
            .filter(|comment| comment.body.contains("it began"))
            .count();
        assert_eq!(told, 1);
        let value = backend.field(&made.id, "worktree_name").unwrap().unwrap();
        assert_eq!(value.unwrap().as_text(), Some("w"));
    });
}

#[test]
fn the_text_is_replaced_and_the_header_stays() {
    each(|backend| {
        let made = backend.create(&new_plan("a")).unwrap();
        backend
            .update_metadata(&made.id, &change("c", r#"{"branch_name": "b"}"#))
            .unwrap();
        backend
            .replace_text(&made.id, "# Another\n\ntext", None)
            .unwrap();
        let document = backend.document(&made.id).unwrap().unwrap();
        let text = backend.text(&document).unwrap().unwrap();
        assert_eq!(text.trim(), "# Another\n\ntext");
        assert_eq!(document.header().unwrap().text("branch_name"), Some("b"));
        assert!(matches!(
            backend.replace_text(&made.id, " ", None),
            Err(BackendError::EmptyText)
        ));
    });
}

#[test]
fn a_text_that_is_another_by_now_is_not_replaced() {
    each(|backend| {
        let made = backend.create(&new_plan("a")).unwrap();
        let was = piton_base::Digest::of(new_plan("a").text.trim().as_bytes());
        let notes = backend
            .replace_text(&made.id, "# Second", Some(&was))
            .unwrap();
        assert_eq!(notes, []);
        let error = backend
            .replace_text(&made.id, "# Third", Some(&was))
            .unwrap_err();
        assert!(matches!(error, BackendError::TextChanged(_)), "{error}");
        let document = backend.document(&made.id).unwrap().unwrap();
        let text = backend.text(&document).unwrap().unwrap();
        assert_eq!(text.trim(), "# Second");
    });
}

#[test]
fn plans_are_listed_by_state_and_label_up_to_a_limit() {
    each(|backend| {
        let first = backend.create(&new_plan("a")).unwrap();
        let second = backend.create(&new_plan("b")).unwrap();
        backend.close(&first.id).unwrap();
        backend.close(&first.id).unwrap();
        let ids = |query: &PlanQuery| {
            let found = backend.list(query).unwrap().plans;
            found.into_iter().map(|plan| plan.id).collect::<Vec<_>>()
        };
        let open = PlanQuery {
            state: Some(State::Open),
            ..PlanQuery::default()
        };
        assert_eq!(ids(&open), std::slice::from_ref(&second.id));
        let labelled = PlanQuery {
            labels: vec!["team".to_owned()],
            ..PlanQuery::default()
        };
        assert_eq!(ids(&labelled).len(), 2);
        let nobodys = PlanQuery {
            labels: vec!["nobody".to_owned()],
            ..PlanQuery::default()
        };
        assert!(ids(&nobodys).is_empty());
        let one = PlanQuery {
            limit: Some(1),
            ..PlanQuery::default()
        };
        assert_eq!(ids(&one).len(), 1);
    });
}

#[test]
fn a_text_that_is_too_long_is_refused_before_it_is_kept() {
    each(|backend| {
        if backend.provider().name() == "local" {
            return;
        }
        let mut new = new_plan("a");
        new.text = "x".repeat(70_000);
        assert!(matches!(
            backend.create(&new),
            Err(BackendError::TooLong(_))
        ));
        assert!(
            backend
                .list(&PlanQuery::default())
                .unwrap()
                .plans
                .is_empty()
        );
    });
}
