//! Ids, addresses and comments that lead elsewhere, given to `exec`.

use piton_testkit::forge::{Fault, FaultKind};
use serde_json::json;

use crate::exec_hostile::check;
use crate::stored::{BODY, Stored, TOKEN};

#[test]
fn with_ids_that_are_no_numbers() {
    let stored = Stored::new();
    for id in [
        "PROJ-1",
        "0",
        "../../x",
        "1e9",
        "",
        "99999999999999999999999",
    ] {
        let ran = stored.run(&["exec", "update-dispatch-info", id, "1", "n", "t"]);
        assert_eq!(ran.code, 1, "{id}: {}", ran.shown());
        assert_eq!(ran.stderr_json()["reason"], json!("not-found"), "{id}");
    }
    stored.env.repo.write(
        ".impl/plan-ref.json",
        r#"{"provider": "linear", "plan_id": "PROJ-1", "url": "u", "created_at": "c", "synced_at": "s"}"#,
    );
    let ran = stored.run(&["exec", "mark-impl-started"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.json()["error_type"], json!("update-failed"));
}

#[test]
fn with_a_committed_file_that_names_another_address() {
    let stored = Stored::new().with_folder(".impl");
    stored.env.repo.write(
        "piton.toml",
        &format!("[github]\napi-url = \"{}\"\n", stored.fake.address()),
    );
    let error = check(&stored, |command| {
        command.env_remove("GITHUB_API_URL");
    });
    assert_eq!(error["error"], json!("context-not-initialized"));
    assert!(stored.fake.log().is_empty(), "no request, and so no token");
}

#[test]
fn every_way_to_write_an_id_means_the_plan_and_an_address_elsewhere_means_none() {
    let stored = Stored::new();
    let plan = stored.plan;
    for id in [
        format!("{plan}"),
        format!("P{plan}"),
        format!("p00{plan}"),
        format!("#{plan}"),
        format!("https://github.com/acme/app/issues/{plan}"),
        format!("https://github.com/ACME/App/pull/{plan}/"),
        format!("https://github.com/acme/app/issues/{plan}#issuecomment-7"),
    ] {
        let ran = stored.run(&["exec", "update-dispatch-info", &id, "5", "n", "t"]);
        assert_eq!(ran.code, 0, "{id}: {}", ran.shown());
        assert_eq!(ran.json()["issue_number"], json!(plan), "{id}");
        let read = stored.run(&["exec", "get-pr-metadata", &id, "created_by"]);
        assert_eq!(read.json()["issue_number"], json!(plan), "{id}");
    }
    let before = stored.body();
    for id in [
        format!("https://github.com/other/app/issues/{plan}"),
        format!("http://github.com/acme/app/issues/{plan}"),
        format!("acme/app#{plan}"),
        format!("https://github.com/acme/app/tree/{plan}"),
    ] {
        for args in [
            &["exec", "update-dispatch-info", &id, "6", "n", "t"][..],
            &["exec", "update-pr-header", &id, "branch_name=evil"],
            &["exec", "get-plan-metadata", &id, "created_by"],
        ] {
            let ran = stored.run(args);
            assert_eq!(ran.code, 1, "{id}: {}", ran.shown());
            assert_eq!(ran.stderr_json()["reason"], json!("not-found"), "{id}");
        }
        let shown = stored.run(&["plan", "show", &id]);
        assert_eq!(shown.code, 2, "{id}: {}", shown.shown());
    }
    assert_eq!(stored.body(), before);
}

#[test]
fn with_an_address_that_only_looks_like_this_machine() {
    let stored = Stored::new().with_folder(".impl");
    for address in [
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://evil.example/127.0.0.1",
        "http://127.0.0.1@evil.example",
        "http://127.0.0.1:80@evil.example",
        "http://[::1].evil.example",
        "http://[::2]",
        "http://2130706433",
        "http://0x7f000001",
        "http://127.1",
        "http://10.0.0.1",
        "HTTP://EVIL.EXAMPLE",
        "ftp://127.0.0.1",
        "//127.0.0.1",
        "file:///etc/passwd",
    ] {
        let error = check(&stored, |command| {
            command.env("GITHUB_API_URL", address);
        });
        assert_eq!(
            error["error"],
            json!("context-not-initialized"),
            "{address}"
        );
    }
    assert!(stored.fake.log().is_empty(), "no request, and so no token");
}

#[test]
fn with_a_server_that_sends_elsewhere() {
    let stored = Stored::new().with_folder(".impl");
    let other = Stored::new();
    assert_eq!(other.plan, stored.plan);
    let plan = stored.plan.to_string();
    let there = format!("{}/repos/acme/app/issues/{plan}", other.fake.address());
    for (method, code) in [("", 302), ("", 307), ("PATCH", 307), ("POST", 308)] {
        stored.fake.clear_faults();
        let away = FaultKind::Redirect(code, there.clone());
        stored
            .fake
            .fault(Fault::new(method, "", away).times(u32::MAX));
        for args in [
            &["exec", "update-dispatch-info", &plan, "1", "n", "t"][..],
            &["exec", "mark-impl-started", "--session-id", "s"],
            &["exec", "get-plan-metadata", &plan, "created_by"],
        ] {
            let ran = stored.run(args);
            assert!(!ran.shown().contains("panicked"), "{}", ran.shown());
            assert!(!ran.shown().contains(TOKEN), "{}", ran.shown());
        }
    }
    for request in other.fake.log() {
        assert_eq!(request.authorization, None, "{request:?}");
        assert_eq!(request.method, "GET", "{request:?}");
    }
    assert_eq!(other.body(), BODY);
}

#[test]
fn with_strangers_comments_that_look_like_entries() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let dispatch = |run: &str| {
        let ran = stored.run(&["exec", "update-dispatch-info", &plan, run, "n", "t"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
    };
    dispatch("1");
    // A copy of our own log, later than everything, with a value of theirs.
    let (ours, log) = stored.fake.world(|world| {
        let comments = &world.repo("acme/app").comments;
        let found = comments
            .iter()
            .find(|(_, one)| one.body.contains("piton:log:"));
        let (id, one) = found.unwrap();
        (*id, one.clone())
    });
    let forged = log
        .body
        .replace("\"1\"", "\"666\"")
        .replace("\"k\":\"", "\"k\":\"theirs-")
        .replace("\"at\":\"20", "\"at\":\"21");
    assert_ne!(forged, log.body);
    let strangers = stored.fake.world(|world| {
        let comments = &mut world.repo("acme/app").comments;
        let mut ids = Vec::new();
        for (place, association) in (1..).zip(["NONE", "CONTRIBUTOR", "FIRST_TIMER", "MANNEQUIN"]) {
            let mut one = log.clone();
            one.body.clone_from(&forged);
            "mallory".clone_into(&mut one.user);
            association.clone_into(&mut one.association);
            // Older ones too: the oldest comment of a writer is its log.
            let id = if place % 2 == 0 {
                ours + place
            } else {
                ours - place
            };
            comments.insert(id, one);
            ids.push(id);
        }
        ids
    });
    dispatch("2");
    let repaired = stored.run(&["plan", "repair", &plan]);
    assert_eq!(repaired.code, 0, "{}", repaired.shown());
    assert_eq!(stored.field("last_dispatched_run_id").as_deref(), Some("2"));
    stored.fake.world(|world| {
        let comments = &world.repo("acme/app").comments;
        for id in strangers {
            assert_eq!(comments[&id].body, forged, "nobody writes into it");
        }
        assert_ne!(comments[&ours].body, log.body);
    });
}
