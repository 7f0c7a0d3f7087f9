//! Setting up in worlds of every kind: what is planned twice is the same, what
//! was performed leaves nothing to do, and planning only reads.

use std::fs;

use jiff::Timestamp;
use piton_plan::ConflictMode;
use proptest::prelude::*;
use serde_json::json;

use crate::world::{Stage, ids, said};

/// What there is of a gist beforehand.
#[derive(Clone, Copy, Debug)]
enum Gist {
    None,
    Described,
    /// By a name of releases before 0.2.7.
    Legacy,
    /// Named by the settings alone, with any description.
    Named,
}

/// What there is of a file beforehand.
#[derive(Clone, Copy, Debug)]
enum File {
    None,
    Ours,
    Theirs,
}

#[derive(Clone, Debug)]
struct Beforehand {
    badge: Gist,
    archive: Gist,
    /// Which badge files are missing.
    lost_badges: bool,
    /// None, the right ones, others.
    variables: u8,
    secret: bool,
    files: [File; 4],
    settings: bool,
    listed: bool,
    pages: bool,
    ci: bool,
}

fn beforehand() -> impl Strategy<Value = Beforehand> {
    let gist = || {
        prop_oneof![
            Just(Gist::None),
            Just(Gist::Described),
            Just(Gist::Legacy),
            Just(Gist::Named)
        ]
    };
    let file = || prop_oneof![Just(File::None), Just(File::Ours), Just(File::Theirs)];
    let files = prop::array::uniform4(file());
    let rest = (0_u8..3, prop::array::uniform6(any::<bool>()));
    (gist(), gist(), files, rest).prop_map(|(badge, archive, files, (variables, flags))| {
        let [lost_badges, secret, settings, listed, pages, ci] = flags;
        Beforehand {
            badge,
            archive,
            lost_badges,
            variables,
            secret,
            files,
            settings,
            listed,
            pages,
            ci,
        }
    })
}

const FILES: [&str; 4] = [
    ".github/workflows/traffic-badges.yml",
    "docs/stats/index.html",
    "docs/stats/README.md",
    "docs/stats/favicon.svg",
];

/// Arranges a world. What one finished set-up wrote stands in for our files.
fn arranged(before: &Beforehand, finished: &Stage) -> Stage {
    let stage = Stage::new();
    let badge_file = |label: &str| {
        json!({"schemaVersion": 1, "label": label, "message": "0", "color": "blue"}).to_string()
    };
    let (badge, archive) = stage.fake.world(|world| {
        let now = Timestamp::now();
        let texts = ["installs", "downloads", "clones", "views"]
            .map(|label| (format!("{label}.json"), badge_file(label)));
        let mut files = vec![("state.json", "{\"totalClones\": 7, \"dailyHistory\": []}")];
        let kept = if before.lost_badges { 2 } else { 4 };
        files.extend(
            texts
                .iter()
                .take(kept)
                .map(|(name, text)| (name.as_str(), text.as_str())),
        );
        let badge = match before.badge {
            Gist::None => None,
            Gist::Described => Some("[GTT] acme/widget \u{b7} badges"),
            Gist::Legacy => Some("acme/widget traffic badges"),
            Gist::Named => Some("my numbers"),
        };
        let badge = badge.map(|described| world.add_gist(described, true, &files, now));
        let archive = match before.archive {
            Gist::None => None,
            Gist::Described => Some("[GTT] acme/widget \u{b7} archive"),
            Gist::Legacy => Some("acme/widget traffic archives (private)"),
            Gist::Named => Some("my months"),
        };
        let files = [(
            "archive.json",
            "{\"repo\": \"acme/widget\", \"archives\": []}",
        )];
        let archive = archive.map(|described| world.add_gist(described, false, &files, now));
        let repo = world.repo("acme/widget");
        for (name, right) in [
            ("TRAFFIC_GIST_ID", &badge),
            ("TRAFFIC_ARCHIVE_GIST_ID", &archive),
        ] {
            if let (1, Some(id)) = (before.variables, right) {
                repo.variables.insert(name.to_owned(), id.clone());
            }
        }
        if before.secret {
            repo.secrets
                .insert("TRAFFIC_GIST_TOKEN".to_owned(), "sealed".to_owned());
        }
        if before.pages {
            repo.pages = Some(("main".to_owned(), "/docs".to_owned()));
        }
        (badge, archive)
    });
    for (path, file) in FILES.iter().zip(before.files) {
        let text = match file {
            File::None => continue,
            File::Ours => finished.read(path),
            File::Theirs => "somebody's own\n".to_owned(),
        };
        let path = stage.repo.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let named = matches!(before.badge, Gist::Named) || matches!(before.archive, Gist::Named);
    if before.settings || named {
        let mut settings = json!({"owner": "acme", "repo": "widget", "theirs": [1]});
        for (field, id) in [("badge_gist_id", &badge), ("archive_gist_id", &archive)] {
            if let Some(id) = id {
                settings[field] = json!(id);
            }
        }
        if before.ci {
            settings["ci_workflows"] = json!(["CI"]);
        }
        fs::write(stage.repo.path().join(".ghtraf.json"), settings.to_string()).unwrap();
    }
    if before.listed {
        let list =
            json!({"version": 1, "theirs": 2, "repos": {"acme/other": {"display_name": "O"}}});
        fs::create_dir_all(stage.home.path().join(".ghtraf")).unwrap();
        fs::write(
            stage.home.path().join(".ghtraf/config.json"),
            list.to_string(),
        )
        .unwrap();
    }
    stage
}

/// Everything below two folders.
fn contents(stage: &Stage) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![stage.repo.path().to_owned(), stage.home.path().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                all.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn in_any_world_planning_reads_performing_does_it_and_then_nothing_is_left(before in beforehand()) {
        let finished = Stage::new();
        let plan = finished.plan(&Stage::wishes()).unwrap();
        finished.perform(&plan);
        let stage = arranged(&before, &finished);
        let mut wishes = Stage::wishes();
        wishes.on_conflict = said(ConflictMode::Skip);
        let still = contents(&stage);
        stage.fake.take_log();
        let plan = stage.plan(&wishes).unwrap();
        let again = stage.plan(&wishes).unwrap();
        let log = stage.fake.take_log();
        prop_assert!(log.iter().all(|line| line.starts_with("GET ")), "{:?}", log);
        prop_assert_eq!(contents(&stage), still);
        prop_assert_eq!(plan.actions(), again.actions());
        prop_assert_eq!(plan.warnings(), again.warnings());

        let (receipts, verification) = stage.perform(&plan);
        prop_assert_eq!(receipts.len(), plan.actions().len(), "one result for each action");
        for receipt in &receipts {
            prop_assert!(receipt.outcome.is_good(), "{:?}", receipt);
        }
        prop_assert!(verification.deviations().next().is_none(), "{:?}", verification);
        let after = stage.plan(&wishes).unwrap();
        prop_assert!(!after.has_changes(), "{:?}", ids(&after));
        // What somebody wrote is there, and a second gist never is.
        for (path, file) in FILES.iter().zip(before.files) {
            if matches!(file, File::Theirs) {
                prop_assert_eq!(stage.read(path), "somebody's own\n");
            }
        }
        stage.fake.world(|world| {
            prop_assert_eq!(world.gists.len(), 2);
            let badge = world.gists.values().find(|gist| gist.public).unwrap();
            if !matches!(before.badge, Gist::None) {
                prop_assert!(badge.files["state.json"].contains("\"totalClones\": 7"));
            }
            prop_assert_eq!(badge.files.len(), 5);
            Ok(())
        })?;
        if before.listed {
            let list = fs::read_to_string(stage.home.path().join(".ghtraf/config.json")).unwrap();
            prop_assert!(list.contains("\"theirs\": 2") && list.contains("acme/other"));
        }
        prop_assert_eq!(stage.fake.violations(), Vec::<String>::new());
    }
}
