//! The collector as a job of CI runs it.

use std::fs;

use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};
use serde_json::{Value, json};

use crate::env::TestEnv;
use crate::traffic::{fake, on};

/// Sets a gist up and returns its id and the environment of a job.
pub(crate) fn job(env: &TestEnv, fake: &FakeGitHub, args: &[&str]) -> std::process::Command {
    let outside = env.home.path().join("job");
    fs::create_dir_all(&outside).unwrap();
    let mut command = env.command(args);
    let ids = fake.world(|world| {
        let find = |end: &str| {
            let found = world
                .gists
                .iter()
                .find(|(_, gist)| gist.description.ends_with(end));
            found.map(|(id, _)| id.clone()).unwrap_or_default()
        };
        (find("badges"), find("archive"))
    });
    command
        .current_dir(outside)
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "ghp_collector")
        .env("GITHUB_REPOSITORY", "acme/widget")
        .env("TRAFFIC_GIST_ID", ids.0)
        .env("TRAFFIC_ARCHIVE_GIST_ID", ids.1);
    command
}

pub(crate) fn badge(fake: &FakeGitHub, file: &str) -> String {
    fake.world(|world| {
        let gist = world
            .gists
            .values()
            .find(|gist| gist.description.ends_with("badges"))
            .unwrap();
        gist.files[file].clone()
    })
}

pub(crate) fn with_traffic() -> FakeGitHub {
    let fake = fake();
    fake.world(|world| {
        let now = jiff::Timestamp::now();
        let state = "{\"totalClones\": 0, \"dailyHistory\": []}";
        world.add_gist(
            "[GTT] acme/widget \u{b7} badges",
            true,
            &[("state.json", state)],
            now,
        );
        world.add_gist(
            "[GTT] acme/widget \u{b7} archive",
            false,
            &[("archive.json", "{\"archives\": []}")],
            now,
        );
        let today = now.to_string()[..10].to_owned();
        let day = json!({"timestamp": format!("{today}T00:00:00Z"), "count": 6, "uniques": 2});
        let repo = world.repo("acme/widget");
        repo.traffic.insert("clones".to_owned(), vec![day.clone()]);
        repo.traffic.insert("views".to_owned(), vec![day]);
    });
    fake
}

#[test]
fn a_job_without_a_checkout_collects_once_and_verifies() {
    let (env, fake) = (TestEnv::new(), with_traffic());
    let dry = env.finish(
        job(&env, &fake, &["traffic", "collect", "--dry-run"])
            .output()
            .unwrap(),
    );
    assert_eq!(dry.code, 0, "{}{}", dry.stdout, dry.stderr);
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
    let ran = env.finish(
        job(&env, &fake, &["traffic", "collect", "--markdown"])
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let state: Value = serde_json::from_str(&badge(&fake, "state.json")).unwrap();
    assert_eq!(
        (&state["totalClones"], &state["totalViews"]),
        (&json!(6), &json!(6))
    );
    assert!(badge(&fake, "views.json").contains("\"message\": \"6\""));
    let log = fake.take_log();
    assert_eq!(
        log.iter().filter(|line| line.starts_with("PATCH ")).count(),
        1,
        "{log:?}"
    );
    assert!(
        env.home.path().join(".local/state/piton/journals").is_dir(),
        "its journal is in the user's state"
    );
    assert_eq!(fake.violations(), [""; 0]);

    let mut pushed = job(&env, &fake, &["traffic", "collect"]);
    let ran = env.finish(pushed.env("GITHUB_EVENT_NAME", "push").output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("fresh") || ran.stdout.contains("fresh"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
}

#[test]
fn an_incomplete_read_of_the_state_writes_nothing_and_fails() {
    let env = TestEnv::new();
    for (kind, code) in [
        (FaultKind::Status(404, "Not Found"), 1),
        (FaultKind::Status(401, "Bad credentials"), 4),
        (FaultKind::Html, 1),
    ] {
        let fake = with_traffic();
        fake.fault(Fault::new("GET", "/gists/", kind).times(99));
        let ran = env.finish(job(&env, &fake, &["traffic", "collect"]).output().unwrap());
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
    }
    let fake = with_traffic();
    fake.world(|world| {
        for gist in world.gists.values_mut() {
            gist.files
                .insert("state.json".to_owned(), "{\"tot".to_owned());
        }
    });
    let ran = env.finish(job(&env, &fake, &["traffic", "collect"]).output().unwrap());
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("backfill --source gist-history"),
        "{}",
        ran.stderr
    );
    let mut nowhere = job(&env, &fake, &["traffic", "collect"]);
    let ran = env.finish(nowhere.env_remove("TRAFFIC_GIST_ID").output().unwrap());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("TRAFFIC_GIST_ID"), "{}", ran.stderr);
}

#[test]
fn somebody_who_wrote_between_is_not_overwritten() {
    let (env, fake) = (TestEnv::new(), with_traffic());
    fake.fault(Fault::new(
        "GET",
        "/traffic/clones",
        FaultKind::Before(Box::new(|world| {
            for gist in world.gists.values_mut().filter(|gist| gist.public) {
                gist.files
                    .insert("state.json".to_owned(), "{\"theirs\": 1}".to_owned());
                gist.revisions += 1;
            }
        })),
    ));
    let ran = env.finish(job(&env, &fake, &["traffic", "collect"]).output().unwrap());
    assert_eq!(ran.code, 5, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(badge(&fake, "state.json"), "{\"theirs\": 1}");
}

#[test]
fn the_workflows_own_lines_install_collect_and_keep_the_schedule_on() {
    let (env, fake) = (TestEnv::new(), with_traffic());
    let made = on(
        &env,
        &fake,
        &["traffic", "init", "--owner", "acme", "--repo", "widget"],
    );
    assert_eq!(made.code, 0, "{}", made.stderr);
    let workflow = env.repo.read(".github/workflows/traffic-badges.yml");
    let scripts = run_lines(&workflow);
    assert_eq!(scripts.len(), 3, "{workflow}");
    let bin = env.home.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    for stub in ["cargo", "gh"] {
        let path = bin.join(stub);
        fs::write(
            &path,
            format!("#!/bin/sh\necho \"{stub} $*\" >> \"$HOME/stubs\"\n"),
        )
        .unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_piton"), bin.join("piton")).unwrap();
    let summary = env.home.path().join("summary.md");
    for script in scripts {
        let base = job(&env, &fake, &["x"]);
        let mut command = std::process::Command::new("bash");
        command
            .args(["-e", "-c", &script])
            .current_dir(env.home.path())
            .env_clear();
        for (name, value) in base.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        command
            .env("PATH", path)
            .env("GITHUB_STEP_SUMMARY", &summary);
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "{script}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let stubs = fs::read_to_string(env.home.path().join("stubs")).unwrap();
    assert_eq!(
        stubs,
        "cargo install --locked piton --version =0.1.0\n\
         gh api --method PUT repos/acme/widget/actions/workflows/traffic-badges.yml/enable\n"
    );
    assert!(fs::read_to_string(summary).unwrap().contains("gist"));
    assert!(badge(&fake, "views.json").contains("\"message\": \"6\""));
}

/// Takes the scripts out of the workflow, as GitHub would run them.
fn run_lines(workflow: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut lines = workflow.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("        run: ") else {
            continue;
        };
        if rest != "|" {
            scripts.push(rest.to_owned());
            continue;
        }
        let mut script = String::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("          ")) {
            script.push_str(&line[10..]);
            script.push('\n');
        }
        scripts.push(script);
    }
    scripts
}
