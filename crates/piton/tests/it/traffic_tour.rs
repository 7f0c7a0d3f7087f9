//! The tour of traffic tracking, on the fake GitHub: create, forty days,
//! verify, the dashboard, and the upgrade of what ghtraf set up.
//!
//! `PITON_TOUR=docs/tour cargo test -p piton --test it traffic_tour` draws its
//! pictures: terminals as SVG, and the dashboard with the browser that is
//! there (`PITON_CHROMIUM`, or `/usr/bin/chromium`).

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::{FakeGitHub, Run, Workflow};
use piton_traffic::dashboard::{Page, Source, render};
use piton_traffic::ordered::Json;
use serde_json::{Value, json};

use crate::env::TestEnv;
use crate::traffic::{fake, on};
use crate::traffic_jobs::badge;
use crate::traffic_stage::{FILES, day};
use crate::traffic_takeover::set_up;

/// One command of the tour, and what it printed.
struct Scene {
    name: &'static str,
    title: &'static str,
    shown: Vec<String>,
}

impl Scene {
    fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name,
            title,
            shown: Vec::new(),
        }
    }

    /// Runs a command, which must end well, and keeps what people see.
    fn run(&mut self, env: &TestEnv, fake: &FakeGitHub, args: &[&str], code: i32) -> String {
        let ran = on(env, fake, args);
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.stdout, ran.stderr);
        self.shown.push(format!("$ piton {}", args.join(" ")));
        // The fake publishes sites beside its answers.
        let here = format!("{}/site/acme/", fake.address());
        let shown = ran.stdout.replace(&here, "https://acme.github.io/");
        self.shown
            .extend(shown.lines().map(wrapped).collect::<Vec<_>>());
        self.shown.push(String::new());
        ran.stdout
    }
}

/// Cuts what would not fit into eighty columns.
fn wrapped(line: &str) -> String {
    let mut chars = line.chars();
    let kept: String = chars.by_ref().take(79).collect();
    if chars.next().is_some() {
        format!("{kept}…")
    } else {
        kept
    }
}

#[test]
fn from_nothing_to_forty_days_and_from_the_original_to_today() {
    let (env, fake) = (TestEnv::new(), fake());
    let mut create = Scene::new("create", "Setting it up");
    let args = [
        "traffic",
        "create",
        "--repo",
        "acme/widget",
        "--token-env",
        "GT",
        "--enable-pages",
    ];
    let shown = create.run(&env, &fake, &args, 0);
    assert!(shown.contains("still open:"), "{shown}");
    // As docs/traffic-tour.md says beside the picture.
    assert!(shown.contains("in 13 actions"), "{shown}");

    forty_days(&env, &fake);
    let mut status = Scene::new("status", "After forty days");
    let shown = status.run(&env, &fake, &["traffic", "status"], 0);
    assert!(shown.contains("nothing is wrong"), "{shown}");
    let mut verify = Scene::new("verify", "Every part against what it should be");
    let shown = verify.run(&env, &fake, &["traffic", "verify"], 0);
    assert!(shown.contains("33 ok, 0 warn, 0 FAIL, 0 skip"), "{shown}");

    let page = page(&fake);
    let (old, theirs) = set_up("0.3.6");
    let mut upgrade = Scene::new(
        "upgrade",
        "What ghtraf set up, brought to the form of today",
    );
    let args = ["traffic", "upgrade", "--force", "-y"];
    let shown = upgrade.run(&old, &theirs, &args, 0);
    assert!(shown.contains("total:raise:totalOrganicClones"), "{shown}");
    assert!(shown.contains("becomes 1190"), "{shown}");
    let tour = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tour");
    for scene in [&create, &status, &verify, &upgrade] {
        let kept = fs::read_to_string(tour.join(format!("{}.svg", scene.name))).unwrap();
        assert_eq!(
            masked(&kept),
            masked(&picture(scene)),
            "docs/tour/{}.svg shows something else; draw it anew (the command stands above)",
            scene.name
        );
    }
    if let Some(dir) = std::env::var_os("PITON_TOUR") {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(dir);
        draw(&dir, &[create, status, verify, upgrade], &page);
    }
}

/// Publishes the files, and collects for forty days: GitHub's answers are made
/// up, the collector is the real one, each run going on where the last ended.
fn forty_days(env: &TestEnv, fake: &FakeGitHub) {
    let files = FILES.map(|path| (path, env.repo.read(path)));
    let counted = |back: i64| -> (i64, i64) {
        let wave = (back * 7 + 3) % 11;
        (
            4 + wave,
            30 + 6 * wave + if back % 13 == 0 { 140 } else { 0 },
        )
    };
    let answer = |at: i64, clones: bool| -> Vec<Value> {
        (at..at + 14)
            .rev()
            .map(|back| {
                let (few, many) = counted(back);
                let count = if clones { few } else { many };
                json!({"timestamp": format!("{}T00:00:00Z", day(back)), "count": count, "uniques": count / 2 + 1})
            })
            .collect()
    };
    // One run of CI a day, on every day that is asked for.
    let ci = |at: i64| -> Value {
        let days = (at..at + 31).map(|back| (day(back), json!([{"id": 1, "name": "CI"}])));
        days.collect()
    };
    let runs: Vec<Value> = (0..40)
        .rev()
        .map(|at| {
            let today = day(at);
            let stars = 40 - at;
            json!({
                "now": format!("{today}T00:00:05Z"),
                "api": {
                    "clones": {"clones": answer(at, true)}, "views": {"views": answer(at, false)},
                    "repo": {"stargazers_count": stars, "forks_count": 3, "open_issues_count": 2, "created_at": "2026-01-02T03:04:05Z"},
                    "releases": [{"tag_name": "v1", "assets": [{"id": 1, "name": "widget.tar.gz", "download_count": 5 * (40 - at)}]}],
                    "runs": ci(at), "jobs": {"1": [{"steps": [{"name": "Run actions/checkout@v4", "conclusion": "success"}]}]},
                    "referrers": [{"referrer": "news.ycombinator.com", "count": 120, "uniques": 88}, {"referrer": "Google", "count": 64, "uniques": 41}, {"referrer": "lobste.rs", "count": 22, "uniques": 17}],
                    "paths": [{"path": "/acme/widget", "title": "acme/widget", "count": 300, "uniques": 150}],
                },
            })
        })
        .collect();
    let start: Value = serde_json::from_str(&badge(fake, "state.json")).unwrap();
    let recording = json!({"initial_state": start, "runs": runs});
    env.repo.write("days.json", &recording.to_string());
    let ran = env.ok(&["traffic", "collect", "--replay", "days.json"]);
    // In the order in which it is written.
    let outcome = Json::parse(ran.stdout.as_bytes()).unwrap();
    fs::remove_file(env.path().join("days.json")).unwrap();
    fake.world(|world| {
        for run in outcome.object().unwrap().list("runs") {
            for write in run.object().unwrap().list("writes") {
                let write = write.object().unwrap();
                let badges = write.text("gist") == Some("BADGE");
                let gist = world.gists.values_mut().find(|gist| gist.public == badges);
                let gist = gist.unwrap();
                for (name, file) in write.object("files").unwrap().iter() {
                    gist.files.insert(name.to_owned(), file.pretty());
                }
                gist.revisions += 1;
            }
        }
        let repo = world.repo("acme/widget");
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        repo.commit_files("main", "track", &files);
        let id = 7;
        repo.workflows.insert(
            "traffic-badges.yml".to_owned(),
            Workflow {
                id,
                name: "Track Downloads & Clones".to_owned(),
                state: "active".to_owned(),
                run_name: None,
            },
        );
        repo.runs.insert(
            1,
            Run {
                name: "Track Downloads & Clones".to_owned(),
                title: "x".to_owned(),
                workflow_id: id,
                path: FILES[0].to_owned(),
                event: "schedule".to_owned(),
                branch: "main".to_owned(),
                status: "completed".to_owned(),
                conclusion: Some("success".to_owned()),
                created_at: Timestamp::now() - SignedDuration::from_hours(3),
                attempt: 1,
                jobs: Vec::new(),
                referenced: Vec::new(),
                inputs: std::collections::BTreeMap::new(),
            },
        );
    });
}

/// The dashboard with what was collected put into it, so that it needs nothing.
fn page(fake: &FakeGitHub) -> String {
    let (state, archived) = fake.world(|world| {
        let of = |public: bool| {
            world
                .gists
                .values()
                .find(|gist| gist.public == public)
                .unwrap()
        };
        let parse = |text: &String| serde_json::from_str::<Value>(text).unwrap();
        let archived: Vec<Value> = of(false)
            .files
            .iter()
            .filter(|(name, _)| name.starts_with("archive-"))
            .flat_map(|(_, text)| parse(text)["dailyHistory"].as_array().unwrap().clone())
            .collect();
        (parse(&of(true).files["state.json"]), archived)
    });
    let source = Source {
        title: "Widget".to_owned(),
        gist_raw_base: String::new(),
        archive_gist_id: String::new(),
        owner: "acme".to_owned(),
        name: String::new(),
        created: "2026-01-02".to_owned(),
    };
    let held = json!({ "acme/": { "state": state, "archived": archived } });
    render(&Page {
        source: &source,
        others: &[],
        held: Some(&held),
    })
}

fn draw(dir: &Path, scenes: &[Scene], page: &str) {
    fs::create_dir_all(dir).unwrap();
    for scene in scenes {
        fs::write(dir.join(format!("{}.svg", scene.name)), picture(scene)).unwrap();
    }
    let browser = std::env::var_os("PITON_CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    assert!(
        Path::new(&browser).exists(),
        "the dashboard is drawn by a browser"
    );
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("page.html");
    fs::write(&file, page).unwrap();
    for (name, tab) in [("dashboard", "#overview"), ("dashboard-views", "#views")] {
        let shot: PathBuf = dir.join(format!("{name}.png"));
        let told = Command::new(&browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            .args(["--window-size=1000,1000", "--virtual-time-budget=3000"])
            .arg(format!(
                "--user-data-dir={}",
                home.path().join("profile").display()
            ))
            .arg(format!("--screenshot={}", shot.display()))
            .arg(format!("file://{}{tab}", file.display()))
            .output()
            .unwrap();
        assert!(
            told.status.success() && shot.is_file(),
            "{}",
            String::from_utf8_lossy(&told.stderr)
        );
    }
}

/// A picture with one mark for each word that holds a number: days, times and
/// names differ from run to run.
fn masked(picture: &str) -> String {
    picture
        .split_inclusive(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| {
            let core = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if core.bytes().any(|byte| byte.is_ascii_digit()) {
                word.replacen(core, "#", 1)
            } else {
                word.to_owned()
            }
        })
        .collect()
}

/// A terminal as a picture.
fn picture(scene: &Scene) -> String {
    let rows = scene.shown.len() + 1;
    let height = rows * 18 + 24;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 723 {height}\" role=\"img\" aria-label=\"{title}\">\n\
         <style>\ntext {{ font: 14px ui-monospace, Menlo, Consolas, monospace; white-space: pre; fill: #d8dee4 }}\n\
         .bold {{ font-weight: bold; fill: #ffffff }}\n.cyan {{ fill: #76e3ea }}\n.red {{ fill: #ff7b72 }}\n\
         .yellow {{ fill: #e3b341 }}\n.green {{ fill: #7ee787 }}\n</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n",
        title = scene.title
    );
    let titled = std::iter::once(scene.title.to_owned()).chain(scene.shown.iter().cloned());
    for (at, line) in titled.enumerate() {
        let word = line.trim_start();
        let class = if at == 0 {
            "bold"
        } else if line.starts_with('$') {
            "cyan"
        } else if word.starts_with("FAIL") {
            "red"
        } else if word.starts_with("warn") || line.starts_with('!') || line.starts_with('~') {
            "yellow"
        } else if word.starts_with("ok ") || line.starts_with('+') {
            "green"
        } else {
            ""
        };
        let text = line
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let y = 29 + at * 18;
        let _ = writeln!(
            out,
            "<text x=\"16\" y=\"{y}\" xml:space=\"preserve\"><tspan class=\"{class}\">{text}</tspan></text>"
        );
    }
    out.push_str("</svg>\n");
    out
}
