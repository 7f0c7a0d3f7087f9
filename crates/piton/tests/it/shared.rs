//! Migrations that are stored as plans: shared, talked about by maintainers,
//! carried out, told of; and migrations that a plan begins.

use std::fs;

use piton_testkit::forge::{Comment, FakeGitHub, Fault, FaultKind};
use piton_testkit::{Replies, tidy};
use serde_json::Value;

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG, strings};
use crate::stored::reach;
use crate::team::Team;

pub(crate) fn team(backend: &str) -> Team {
    let team = Team::new(backend, &Replies::new().carries_out("tidy\n"));
    let repo = &team.env.repo;
    repo.write_migration(&tidy());
    repo.write("migrations/tidy/plan.md", "# Tidy up\n\n- [ ] all of it\n");
    repo.commit_all("a plan");
    team
}

pub(crate) fn share(team: &Team) -> String {
    let ran = team.ok(&["migration", "share", "tidy"]);
    assert!(ran.stderr.contains("plan "), "{}", ran.shown());
    let own = team.env.repo.read("migrations/tidy/.planning/piton.json");
    let own: Value = serde_json::from_str(&own).unwrap();
    own["plan"]["id"].as_str().unwrap().to_owned()
}

fn run(team: &Team) -> Ran {
    team.run(&["run", "--focus-on-live-migrations", "--with", "script"])
}

fn say(team: &Team, id: &str, body: &str, who: (&str, &str)) {
    let number: u64 = id.parse().unwrap();
    let now = jiff::Timestamp::now();
    team.fake.world(|world| {
        let id = world.next_id();
        let comment = Comment {
            issue: number,
            body: body.to_owned(),
            user: who.0.to_owned(),
            association: who.1.to_owned(),
            created_at: now,
            updated_at: now,
        };
        world.repo("acme/app").comments.insert(id, comment);
    });
}

fn comments(team: &Team) -> Vec<String> {
    team.fake.world(|world| {
        let all = world.repo("acme/app").comments.values();
        all.map(|comment| comment.body.clone()).collect()
    })
}

#[test]
fn a_shared_migration_is_carried_out_and_its_plan_is_told() {
    for backend in ["github-issue", "github-draft-pr", "local"] {
        let team = team(backend);
        let before = team.env.world();
        let shown = team.ok(&["migration", "share", "tidy", "--dry-run"]);
        assert!(shown.stdout.contains("Tidy up") || shown.stdout.contains("tidy"));
        let touched = team.env.world().files_changed_since(&before);
        assert!(touched.is_empty(), "{touched:?}");
        let id = share(&team);
        assert_eq!(team.env.repo.subjects()[0], "piton: share tidy");
        let again = team.run(&["migration", "share", "tidy"]);
        assert_eq!(again.code, 2, "{}", again.shown());
        let shown = team.ok(&["plan", "show", &id, "--text"]).stdout;
        assert!(shown.contains("- [ ] all of it"), "{shown}");
        assert!(
            shown.contains("1. **first**: when src/lib.rs exists"),
            "{shown}"
        );
        if backend == "local" {
            team.env.repo.commit_all("the plan");
        }
        let ran = run(&team);
        assert_eq!(ran.code, 0, "{backend}\n{}", ran.shown());
        let header = team.header(&id);
        assert_eq!(header["last_local_impl_event"], "ended", "{header}");
        let told = if backend == "local" {
            let dir = team.env.path().join("plans").join(&id).join("comments");
            fs::read_dir(dir)
                .unwrap()
                .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
                .collect()
        } else {
            comments(&team)
        };
        let own: Vec<_> = told
            .iter()
            .filter(|body| body.contains("carries the migration `tidy` out"))
            .collect();
        assert_eq!(own.len(), 1, "{told:?}");
        assert!(
            own[0].contains("1. first: done\n2. second: done"),
            "{}",
            own[0]
        );
        assert!(
            own[0].contains("ended: the migration is done"),
            "{}",
            own[0]
        );
        // People's boxes are people's.
        let shown = team.ok(&["plan", "show", &id, "--text"]).stdout;
        assert!(shown.contains("- [ ] all of it"), "{shown}");
        assert!(
            team.fake.violations().is_empty(),
            "{:?}",
            team.fake.violations()
        );
    }
}

#[test]
fn a_maintainers_comment_refines_and_a_strangers_changes_nothing() {
    let team = team("github-issue");
    let id = share(&team);
    say(&team, &id, "/piton reject", ("mallory", "NONE"));
    say(&team, &id, "> /piton reject", ("ada", "MEMBER"));
    let before = team.env.repo.git(&["rev-parse", "HEAD"]);
    let ran = team.ok(&["plan", "sync"]);
    assert!(ran.stdout.contains("no new comments"), "{}", ran.shown());
    assert_eq!(team.env.repo.git(&["rev-parse", "HEAD"]), before);
    say(
        &team,
        &id,
        "/piton refine keep the old door",
        ("ada", "MEMBER"),
    );
    let shown = team.ok(&["plan", "sync", "--dry-run"]);
    assert!(shown.stdout.contains("tidy"), "{}", shown.stdout);
    assert_eq!(team.env.repo.git(&["rev-parse", "HEAD"]), before);
    let ran = team.run(&["plan", "sync", "--json"]);
    // This migration keeps no planning record, so that feedback has no step
    // that takes it up: that is said, once.
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let taken = &ran.json()["taken_up"];
    assert_eq!(taken[0]["asks"], "refine", "{taken}");
    let answers = comments(&team);
    let answered: Vec<_> = answers
        .iter()
        .filter(|body| body.contains("piton has read ada"))
        .collect();
    assert_eq!(answered.len(), 1, "{answers:?}");
    let ran = team.ok(&["plan", "sync"]);
    assert!(ran.stdout.contains("no new comments"), "{}", ran.shown());
    say(&team, &id, "/piton reject not now", ("ada", "OWNER"));
    // The loop hears it too, before it does anything.
    let ran = run(&team);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let listed = team.ok(&["migration", "list", "--no-headers"]).stdout;
    assert!(listed.starts_with("tidy\tskipped\t"), "{listed}");
    let note = team.env.repo.git(&["log", "-1", "--format=%B"]);
    assert!(note.contains("Rejected by a person: not now"), "{note}");
}

#[test]
fn without_a_network_the_loop_goes_on_and_tells_later() {
    let team = team("github-issue");
    let id = share(&team);
    for method in ["GET", "POST", "PATCH"] {
        team.fake
            .fault(Fault::new(method, "", FaultKind::Drop).times(u32::MAX));
    }
    let ran = run(&team);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(team.env.repo.read("src/lib.rs"), "fine\ntidy\ntidy\n");
    team.fake.clear_faults();
    // The next run sends it, before anything else.
    let ran = run(&team);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let header = team.header(&id);
    assert_eq!(header["last_local_impl_event"], "ended", "{header}");
    let told = comments(&team);
    assert!(
        told.iter()
            .any(|body| body.contains("ended: the migration is done")),
        "{told:?}"
    );
}

#[test]
fn a_migration_begins_from_a_plan_and_is_refined_on_it() {
    let script = Replies::new().says("planning.approaches", "x");
    let team = Team::new("github-issue", &script);
    let id = team.create("# Add a cache\n\nPut one in front of the loader.\n");
    let dry = team.ok(&["migration", "import", &id, "--dry-run"]);
    assert!(dry.stdout.contains("add-a-cache"), "{}", dry.stdout);
    let _ = team.ok(&["migration", "import", &id]);
    let _ = team.ok(&["migration", "doctor", "--all"]);
    let own = team
        .env
        .repo
        .read("migrations/add-a-cache/.planning/piton.json");
    assert!(own.contains("in front of the loader"), "{own}");
    say(
        &team,
        &id,
        "/piton refine and cover it",
        ("ada", "COLLABORATOR"),
    );
    let _ = team.ok(&["plan", "sync"]);
    let subjects = team.env.repo.subjects();
    assert_eq!(subjects[0], "piton: refine add-a-cache");
    let state = team.env.repo.git(&["show", "HEAD"]);
    assert!(state.contains("and cover it"), "{state}");
}

/// A repository with a planned migration of its own, and a GitHub.
struct Planned {
    env: TestEnv,
    fake: FakeGitHub,
    id: String,
}

impl Planned {
    /// Shares the migration.
    fn of(env: TestEnv) -> Self {
        let fake = FakeGitHub::with(|world| {
            let _ = world.add_repo("acme/app", jiff::Timestamp::now());
        });
        let mut planned = Self {
            env,
            fake,
            id: String::new(),
        };
        let _ = planned.ok(&["migration", "share", SLUG]);
        let own = format!("migrations/{SLUG}/.planning/piton.json");
        let own: Value = serde_json::from_str(&planned.env.repo.read(&own)).unwrap();
        own["plan"]["id"]
            .as_str()
            .unwrap()
            .clone_into(&mut planned.id);
        planned
    }

    fn ok(&self, args: &[&str]) -> Ran {
        let mut command = reach(&self.fake, self.env.command(args));
        command.env("PITON_VALIDATION_COMMAND", "true");
        let ran = self.env.finish(command.output().unwrap());
        assert_eq!(ran.code, 0, "piton {args:?}\n{}", ran.shown());
        ran
    }

    fn say(&self, body: &str, who: &str, association: &str) {
        let now = jiff::Timestamp::now();
        let comment = Comment {
            issue: self.id.parse().unwrap(),
            body: body.to_owned(),
            user: who.to_owned(),
            association: association.to_owned(),
            created_at: now,
            updated_at: now,
        };
        self.fake.world(|world| {
            let id = world.next_id();
            world.repo("acme/app").comments.insert(id, comment);
        });
    }

    /// Lets piton hear what was said; returns what it took up.
    fn heard(&self) -> Value {
        self.ok(&["plan", "sync", "--json"]).json()["taken_up"].clone()
    }

    fn comments(&self) -> Vec<String> {
        self.fake.world(|world| {
            let all = world.repo("acme/app").comments.values();
            all.map(|comment| comment.body.clone()).collect()
        })
    }

    fn answers(&self) -> usize {
        let comments = self.comments();
        let heard = comments
            .iter()
            .filter(|body| body.contains("piton has read"));
        heard.count()
    }
}

#[test]
fn a_maintainers_comment_approves_and_a_strangers_changes_nothing() {
    let planned = Planned::of(TestEnv::waiting());
    for (body, who, association) in [
        ("/piton approve", "mallory", "NONE"),
        ("/piton approve", "mallory", "CONTRIBUTOR"),
        ("/piton approve", "mallory", "FIRST_TIME_CONTRIBUTOR"),
        ("please /piton approve", "ada", "MEMBER"),
    ] {
        planned.say(body, who, association);
    }
    let before = planned.env.repo.git(&["rev-parse", "HEAD"]);
    assert_eq!(planned.heard(), serde_json::json!([]));
    assert_eq!(planned.env.show(SLUG)["awaiting_human_review"], true);
    assert_eq!(planned.env.repo.git(&["rev-parse", "HEAD"]), before);
    planned.say("/piton approve\n", "ada", "MEMBER");
    let heard = planned.heard();
    assert_eq!(heard[0]["asks"], "approve", "{heard}");
    assert_eq!(heard[0]["outcome"], "approved", "{heard}");
    let shown = planned.env.show(SLUG);
    assert_eq!(shown["status"], "ready", "{shown}");
    assert_eq!(shown["awaiting_human_review"], false, "{shown}");
    assert_eq!(
        (planned.heard(), planned.answers()),
        (serde_json::json!([]), 1)
    );
    // What no longer makes sense is answered too, and changes nothing.
    let before = planned.env.repo.git(&["rev-parse", "HEAD"]);
    planned.say("/piton approve", "ada", "OWNER");
    let heard = planned.heard();
    let outcome = heard[0]["outcome"].as_str().unwrap();
    assert!(outcome.starts_with("not done: "), "{heard}");
    assert_eq!(planned.env.repo.git(&["rev-parse", "HEAD"]), before);
    assert_eq!(planned.answers(), 2);
    assert!(planned.fake.violations().is_empty());
}

#[test]
fn a_maintainers_comment_rejects_a_planned_migration() {
    let planned = Planned::of(TestEnv::planned(7));
    planned.say("/piton reject too risky", "mallory", "NONE");
    assert_eq!(planned.heard(), serde_json::json!([]));
    planned.say("/piton reject too risky", "ada", "COLLABORATOR");
    let heard = planned.heard();
    assert_eq!(heard[0]["outcome"], "rejected", "{heard}");
    assert_eq!(planned.env.show(SLUG)["status"], "skipped");
    let note = planned.env.repo.git(&["log", "-1", "--format=%B"]);
    assert!(note.contains("too risky"), "{note}");
    assert_eq!(planned.answers(), 1);
}

#[test]
fn a_shared_migration_is_refined_by_a_comment_carried_out_and_told_of() {
    let planned = Planned::of(TestEnv::planned(7));
    planned.say("/piton refine smaller steps", "ada", "MEMBER");
    let heard = planned.heard();
    assert_eq!(heard[0]["asks"], "refine", "{heard}");
    let shown = planned.env.show(SLUG);
    assert_eq!(shown["planning"]["feedback"][0]["text"], "smaller steps");
    // The step that takes it up is told what was said.
    let script = planned.env.script("good", GOOD);
    let mut step = strings(&["migration", "step", SLUG, "--until", "ready"]);
    step.extend(script);
    let step: Vec<&str> = step.iter().map(String::as_str).collect();
    let _ = planned.ok(&step);
    assert!(planned.env.kept("runs").contains("smaller steps"));
    assert_eq!(planned.env.show(SLUG)["status"], "ready");
    let carries = Replies::new().carries_out("// tidy\n");
    let script = planned.env.script("carry", &carries);
    let mut run = strings(&["run", "--focus-on-live-migrations"]);
    run.extend(script);
    let run: Vec<&str> = run.iter().map(String::as_str).collect();
    let _ = planned.ok(&run);
    assert_eq!(planned.env.show(SLUG)["status"], "done");
    let header = planned.ok(&["plan", "show", &planned.id, "--json"]).json()["header"].clone();
    assert_eq!(header["last_local_impl_event"], "ended", "{header}");
    let comments = planned.comments();
    let own: Vec<_> = comments
        .iter()
        .filter(|body| body.contains("carries the migration"))
        .collect();
    assert_eq!(own.len(), 1, "{comments:?}");
    assert!(own[0].contains(": done"), "{}", own[0]);
    assert!(
        own[0].contains("ended: the migration is done"),
        "{}",
        own[0]
    );
    let told = planned.ok(&["plan", "log", &planned.id]).stdout;
    assert!(told.contains("started") && told.contains("ended"), "{told}");
    assert!(planned.fake.violations().is_empty());
}

#[test]
fn real_bodies_are_imported_by_the_program() {
    let Some(shared) = piton_testkit::shared_dir() else {
        println!("skipped: no corpus here");
        return;
    };
    let corpus = shared.join("corpus/plan-backend/bodies");
    let team = Team::new("local", "");
    let mut entries: Vec<_> = fs::read_dir(&corpus)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    let mut imported = 0;
    // A test beside `migration import` takes every one of them.
    for path in entries.iter().step_by(30) {
        let Ok(body) = fs::read_to_string(path) else {
            continue;
        };
        let place = piton_backend::text::plan_in_body(&body).place();
        let text = place.map_or(body.as_str(), |place| &body[place]);
        if text.trim().is_empty() {
            continue;
        }
        team.env.repo.write("plan.md", text);
        let ran = team.run(&["plan", "create", "--file", "plan.md", "--json"]);
        if ran.code != 0 {
            // What is longer than GitHub takes is refused as such.
            assert!(
                ran.shown().contains("65536") || ran.shown().contains("65,536"),
                "{}",
                ran.shown()
            );
            continue;
        }
        let listed = team.ok(&["plan", "list", "--limit", "1", "--json"]).json();
        let id = listed["plans"][0]["id"].as_str().unwrap().to_owned();
        let ran = team.run(&["migration", "import", &id]);
        assert_eq!(ran.code, 0, "{}: {}", path.display(), ran.shown());
        imported += 1;
    }
    assert!(imported > 8, "{imported}");
    let _ = team.ok(&["migration", "doctor", "--all"]);
}
