//! Setting up, from what is there to what is there afterwards.

use std::collections::BTreeMap;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use piton_plan::{ConflictMode, Outcome};
use piton_testkit::forge::{Fault, FaultKind, Right, Rights};
use piton_traffic::provision::Wishes;
use serde_json::{Value, json};

use crate::world::{COLLECTOR, Stage, ids, key, said};

/// Sets everything up, and requires that it went well.
pub(crate) fn set_up(stage: &Stage, wishes: &Wishes) {
    let plan = stage.plan(wishes).unwrap();
    let (receipts, verification) = stage.perform(&plan);
    for receipt in &receipts {
        assert!(receipt.outcome.is_good(), "{receipt:?}");
    }
    assert!(
        verification.deviations().next().is_none(),
        "{verification:?}"
    );
}

pub(crate) fn gists(stage: &Stage) -> BTreeMap<String, String> {
    stage.fake.world(|world| {
        let all = world.gists.iter();
        all.map(|(id, gist)| (gist.description.clone(), id.clone()))
            .collect()
    })
}

pub(crate) const BADGES: &str = "[GTT] acme/widget \u{b7} badges";

pub(crate) const ARCHIVE: &str = "[GTT] acme/widget \u{b7} archive";

#[test]
fn a_fresh_repository_gets_everything_in_one_plan() {
    let stage = Stage::new();
    let wishes = Stage::wishes();
    let plan = stage.plan(&wishes).unwrap();
    assert_eq!(
        ids(&plan),
        [
            "token:check:TRAFFIC_GIST_TOKEN",
            "gist:create:badge",
            "gist:create:archive",
            "variable:set:TRAFFIC_GIST_ID",
            "variable:set:TRAFFIC_ARCHIVE_GIST_ID",
            "secret:set:TRAFFIC_GIST_TOKEN",
            "file:copy:.github/workflows/traffic-badges.yml",
            "file:copy:docs/stats/index.html",
            "file:copy:docs/stats/README.md",
            "file:copy:docs/stats/favicon.svg",
            "config:write:.ghtraf.json",
            "config:register:acme/widget",
        ]
    );
    assert!(!plan.has_destructive());
    assert!(gists(&stage).is_empty(), "deciding changes nothing");
    set_up(&stage, &wishes);

    let made = gists(&stage);
    let (badge, archive) = (&made[BADGES], &made[ARCHIVE]);
    stage.fake.world(|world| {
        let gist = &world.gists[badge];
        let files: Vec<_> = gist.files.keys().collect();
        assert_eq!(files, ["clones.json", "downloads.json", "installs.json", "state.json", "views.json"]);
        assert!(gist.public && !world.gists[archive].public);
        assert_eq!(gist.files["installs.json"], "{\n  \"schemaVersion\": 1,\n  \"label\": \"installs\",\n  \"message\": \"0\",\n  \"color\": \"blue\"\n}");
        let repo = world.repo("acme/widget");
        assert_eq!(&repo.variables["TRAFFIC_GIST_ID"], badge);
        assert_eq!(&repo.variables["TRAFFIC_ARCHIVE_GIST_ID"], archive);
        let sealed = STANDARD.decode(&repo.secrets["TRAFFIC_GIST_TOKEN"]).unwrap();
        assert_eq!(key().unseal(&sealed).unwrap(), COLLECTOR.as_bytes());
    });
    let project: Value = serde_json::from_str(&stage.read(".ghtraf.json")).unwrap();
    assert_eq!(
        project,
        json!({
            "owner": "acme", "repo": "widget", "created": "2026-01-02", "display_name": "Widget",
            "badge_gist_id": badge, "archive_gist_id": archive, "dashboard_dir": "docs/stats", "schema_version": 1,
        })
    );
    let page = stage.read("docs/stats/index.html");
    assert!(page.contains(&format!(
        "https://gist.githubusercontent.com/jo/{badge}/raw"
    )));
    assert!(page.contains(archive.as_str()));
    let list = fs::read_to_string(stage.home.path().join(".ghtraf/config.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(&list["repos"]["acme/widget"]["badge_gist_id"], badge);
    assert_eq!(stage.fake.violations(), [""; 0]);
}

#[test]
fn the_same_command_again_changes_nothing_and_only_reads() {
    let stage = Stage::new();
    set_up(&stage, &Stage::wishes());
    stage.fake.take_log();
    let plan = stage.plan(&Stage::wishes()).unwrap();
    assert!(!plan.has_changes(), "{:?}", ids(&plan));
    assert!(
        ids(&plan).iter().all(|id| id.contains(":skip:")),
        "{:?}",
        ids(&plan)
    );
    let log = stage.fake.take_log();
    assert!(log.iter().all(|line| line.starts_with("GET ")), "{log:?}");
}

#[test]
fn stopped_after_any_request_the_next_run_ends_in_the_same_world() {
    let whole = Stage::new();
    set_up(&whole, &Stage::wishes());
    let shape = |stage: &Stage| {
        let descriptions: Vec<_> = stage.fake.world(|world| {
            world
                .gists
                .values()
                .map(|gist| gist.description.clone())
                .collect()
        });
        let mut descriptions: Vec<String> = descriptions;
        descriptions.sort();
        let variables = stage
            .fake
            .world(|world| world.repo("acme/widget").variables.len());
        let files = ["docs/stats/index.html", ".ghtraf.json"]
            .map(|path| stage.repo.path().join(path).is_file());
        (descriptions, variables, files)
    };
    let wanted = shape(&whole);
    // From the n-th change on, GitHub does what it is asked and is never heard again.
    for n in 0..7 {
        let stage = Stage::new();
        let plan = stage.plan(&Stage::wishes()).unwrap();
        for method in ["POST", "PUT", "PATCH"] {
            stage.fake.fault(
                Fault::new(method, "", FaultKind::DropAfter)
                    .skip(n)
                    .times(u32::MAX),
            );
        }
        let _ = stage.perform(&plan);
        stage.fake.clear_faults();
        set_up(&stage, &Stage::wishes());
        assert_eq!(shape(&stage), wanted, "stopped after {n}");
    }
}

#[test]
fn a_token_that_cannot_read_traffic_is_refused_before_it_is_stored() {
    let stage = Stage::with(|world| {
        let rights = Rights {
            login: "jo".to_owned(),
            permissions: Some([("gists", Right::Write), ("actions", Right::Read)].into()),
            ..Rights::default()
        };
        world.tokens.insert(COLLECTOR.to_owned(), rights);
    });
    let plan = stage.plan(&Stage::wishes()).unwrap();
    let (receipts, _) = stage.perform(&plan);
    let failed: Vec<_> = receipts
        .iter()
        .filter(|receipt| matches!(receipt.outcome, Outcome::Failed(_)))
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    match &failed[0].outcome {
        Outcome::Failed(failure) => assert!(
            failure.message.contains("administration: read"),
            "{failure}"
        ),
        other => panic!("{other:?}"),
    }
    assert!(
        stage
            .fake
            .world(|world| world.repo("acme/widget").secrets.is_empty())
    );
    assert_eq!(gists(&stage).len(), 2, "the rest goes on");
}

#[test]
fn an_edited_file_is_asked_about_and_a_pristine_one_of_the_original_is_not() {
    let stage = Stage::new();
    set_up(&stage, &Stage::wishes());
    let path = stage.repo.path().join("docs/stats/README.md");
    fs::write(&path, "my own notes").unwrap();
    let plan = stage.plan(&Stage::wishes()).unwrap();
    assert!(
        ids(&plan).contains(&"file:ask:docs/stats/README.md".to_owned()),
        "{:?}",
        ids(&plan)
    );
    let (receipts, _) = stage.perform(&plan);
    assert!(
        receipts
            .iter()
            .all(|receipt| !matches!(receipt.outcome, Outcome::Failed(_)))
    );
    assert_eq!(stage.read("docs/stats/README.md"), "my own notes");
    let mut wishes = Stage::wishes();
    wishes.on_conflict = said(ConflictMode::Rename);
    set_up(&stage, &wishes);
    assert_eq!(stage.read("docs/stats/README.md"), "my own notes");
    assert!(stage.repo.path().join("docs/stats/README_001.md").is_file());
    wishes.on_conflict = said(ConflictMode::Fail);
    fs::remove_file(stage.repo.path().join("docs/stats/README_001.md")).unwrap();
    assert!(
        stage
            .plan(&wishes)
            .unwrap_err()
            .contains("docs/stats/README.md")
    );
}

#[test]
fn what_people_should_know_beforehand_is_said() {
    let stage = Stage::with(|world| {
        let repo = world.repo("acme/widget");
        repo.private = true;
        repo.fork = true;
    });
    let mut wishes = Stage::wishes();
    wishes.branch = Some("release".to_owned());
    wishes.ci_workflows = Some(vec!["ci.yml".to_owned()]);
    wishes.said.created = Some("2020-01-01".to_owned());
    let plan = stage.plan(&wishes).unwrap();
    let all = plan.warnings().join("\n");
    for told in [
        "default branch is main",
        "become public",
        "fork",
        "`ci.yml`",
        "Pages is off",
        "before the day",
    ] {
        assert!(all.contains(told), "{told}: {all}");
    }
    wishes.said.created = Some("2126-01-01".to_owned());
    assert!(
        stage
            .plan(&wishes)
            .unwrap()
            .warnings()
            .join("\n")
            .contains("is in the future")
    );
    wishes.said.created = Some("2026-02-30".to_owned());
    assert!(
        stage
            .plan(&wishes)
            .unwrap_err()
            .contains("`2026-02-30` is not a day")
    );
    let missing = Stage::with(|world| {
        world.repos.clear();
    });
    let plan = missing.plan(&Stage::wishes()).unwrap();
    assert!(
        plan.warnings().join("\n").contains("gh variable set"),
        "{:?}",
        plan.warnings()
    );
}

#[test]
fn hostile_display_names_are_only_names() {
    let stage = Stage::new();
    let mut wishes = Stage::wishes();
    wishes.said.display_name =
        Some("a\\b </script><script>alert(1)</script> \"q\" {{title}}".to_owned());
    set_up(&stage, &wishes);
    let page = stage.read("docs/stats/index.html");
    assert!(!page.contains("<script>alert(1)"));
    let again = stage.plan(&wishes).unwrap();
    assert!(!again.has_changes(), "{:?}", ids(&again));
}

#[test]
fn what_was_changed_behind_the_back_is_a_deviation() {
    let stage = Stage::new();
    set_up(&stage, &Stage::wishes());
    let plan = stage.plan(&Stage::wishes()).unwrap();
    stage
        .fake
        .world(|world| world.repo("acme/widget").variables.clear());
    fs::write(stage.repo.path().join("docs/stats/index.html"), "cut").unwrap();
    let (_, verification) = stage.perform(&plan);
    let deviations: Vec<String> = verification
        .deviations()
        .map(|deviation| format!("{deviation:?}"))
        .collect();
    let all = deviations.join("\n");
    assert!(
        all.contains("TRAFFIC_GIST_ID") && all.contains("index.html"),
        "{all}"
    );
}
