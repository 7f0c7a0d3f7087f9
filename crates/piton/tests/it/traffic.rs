//! `piton traffic collect --replay`, through the binary.

use std::fs;

use serde_json::{Value, json};

use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};

use crate::env::{Ran, TestEnv};

fn recording() -> Value {
    json!({
        "now": "2026-03-10T03:00:00Z",
        "state": {
            "totalClones": 4, "trackingSince": "2026-03-09T03:00:00Z", "repoCreatedAt": "2026-01-01T00:00:00Z",
            "dailyHistory": [{"date": "2026-03-09T00:00:00Z", "clones": 4, "uniqueClones": 1, "ciCheckouts": 1, "organicClones": 3}],
        },
        "api": {
            "clones": {"clones": [{"timestamp": "2026-03-09T00:00:00Z", "count": 6, "uniques": 2}]},
            "repo": {"stargazers_count": 5, "forks_count": 2, "open_issues_count": 1, "created_at": "2026-01-01T00:00:00Z"},
        },
    })
}

#[test]
fn a_recording_is_replayed_outside_a_repository_and_touches_nothing() {
    let env = TestEnv::new();
    let outside = env.home.path().join("elsewhere");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("run.json"), recording().to_string()).unwrap();
    let mut command = env.command(&["traffic", "collect", "--replay", "run.json"]);
    let ran = env.finish(command.current_dir(&outside).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let outcome: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(outcome["error"], Value::Null);
    let files = &outcome["writes"][0]["files"];
    assert_eq!(files["state.json"]["totalClones"], 6);
    let names: Vec<_> = files.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 5);
    let installs = ran.stdout.find("installs.json").unwrap();
    assert!(
        installs < ran.stdout.find("state.json").unwrap(),
        "in the order of writing"
    );
    let left: Vec<_> = fs::read_dir(&outside).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn compatibility_is_asked_for_by_name() {
    let env = TestEnv::new();
    env.repo.write("run.json", &recording().to_string());
    let replay = |more: &[&str]| {
        let args = [&["traffic", "collect", "--replay", "run.json"], more].concat();
        let ran = env.ok(&args);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()["writes"][0]["files"]["state.json"]
            .clone()
    };
    assert!(replay(&["--compat"]).get("collector").is_none());
    assert!(replay(&[]).get("collector").is_some());
}

#[test]
fn what_is_no_recording_is_refused_by_field() {
    let env = TestEnv::new();
    for (text, told) in [
        ("{", "it is not JSON"),
        ("[]", "`the recording` is not an object"),
        ("{}", "`now` is missing"),
        (r#"{"now": "yesterday"}"#, "`now` is not a moment"),
        (
            r#"{"now": "2026-03-10T03:00:00Z", "state": {}, "api": {"clones": 3}}"#,
            "`api.clones` is not what GitHub answers",
        ),
        (r#"{"runs": [3]}"#, "`runs[0]` is not an object"),
    ] {
        env.repo.write("run.json", text);
        let ran = env.run(&["traffic", "collect", "--replay", "run.json"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    let ran = env.run(&["traffic", "collect", "--replay", "none.json"]);
    assert_eq!(ran.code, 2);
}

/// The program in its repository, with the fake GitHub and a pinned installer.
pub(crate) fn on(env: &TestEnv, fake: &FakeGitHub, args: &[&str]) -> Ran {
    let mut command = env.command(args);
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "ghp_owner")
        .env("GT", "ghp_collector")
        .env("PITON_CI_INSTALL", "0.1.0");
    env.finish(command.output().unwrap())
}

pub(crate) fn fake() -> FakeGitHub {
    FakeGitHub::with(|world| {
        "jo".clone_into(&mut world.login);
        let repo = world.repo("acme/widget");
        // The public half of a key whose private half is nobody's.
        repo.public_key = (
            "key-1".to_owned(),
            "CcKxKW+qZzOwUGo+XGqFfqfDhPdUYxfV0SNKFmTrkyA=".to_owned(),
        );
        repo.created_at = "2026-01-02T03:04:05Z".parse().unwrap();
    })
}

pub(crate) const CREATE: [&str; 9] = [
    "traffic",
    "create",
    "--non-interactive",
    "--owner",
    "acme",
    "--repo",
    "widget",
    "--token-env",
    "GT",
];

pub(crate) fn planned(ran: &Ran) -> Vec<String> {
    let plan = &ran.json()["plan"]["actions"];
    plan.as_array()
        .unwrap()
        .iter()
        .map(|action| action["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_dry_run_of_create_only_reads_and_is_what_the_real_run_does() {
    let (env, fake) = (TestEnv::new(), fake());
    let dry = on(
        &env,
        &fake,
        &[&CREATE[..], &["--dry-run", "--json"]].concat(),
    );
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    let ids = planned(&dry);
    assert_eq!(ids.len(), 12);
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
    assert!(!env.repo.exists(".ghtraf.json") && !env.home.path().join(".ghtraf").exists());

    let real = on(&env, &fake, &CREATE);
    assert_eq!(real.code, 0, "{}{}", real.stdout, real.stderr);
    let journals = env.path().join(".git/piton/journals");
    let journal = fs::read_dir(journals)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ext| ext == "jsonl"));
    let journal = fs::read_to_string(journal.unwrap()).unwrap();
    for id in &ids {
        assert!(journal.contains(id), "{id} is in the journal");
    }
    assert!(!journal.contains("ghp_"), "no token is in the journal");
    for told in [
        "badge gist",
        "[![installs]",
        "[![views]",
        "https://acme.github.io/widget/stats/",
        "still open:",
        "commit the files",
    ] {
        assert!(real.stdout.contains(told), "{told}: {}", real.stdout);
    }
    assert!(
        !real.stdout.contains("gh secret set"),
        "only what is still open is told"
    );

    fake.take_log();
    let again = on(
        &env,
        &fake,
        &[&CREATE[..], &["--dry-run", "--exit-code"]].concat(),
    );
    assert_eq!(again.code, 0, "{}{}", again.stdout, again.stderr);
    let again = on(&env, &fake, &CREATE);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert!(
        fake.take_log().iter().all(|line| line.starts_with("GET ")),
        "the second run only reads"
    );
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn without_a_token_the_secret_is_left_to_a_person_and_told() {
    let (env, fake) = (TestEnv::new(), fake());
    let ran = on(&env, &fake, &CREATE[..7]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout
            .contains("gh secret set TRAFFIC_GIST_TOKEN -R acme/widget"),
        "{}",
        ran.stdout
    );
    assert!(fake.world(|world| world.repo("acme/widget").secrets.is_empty()));
}

#[test]
fn the_kinds_of_failure_have_exit_codes_of_their_own() {
    let env = TestEnv::new();
    for (fault, code) in [
        (FaultKind::Status(401, "Bad credentials"), 4),
        (FaultKind::Primary(3000), 7),
        (FaultKind::Status(422, "no"), 1),
    ] {
        let fake = fake();
        fake.fault(Fault::new("GET", "/user", fault).times(9));
        let ran = on(&env, &fake, &CREATE);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert!(!ran.stderr.contains("ghp_"));
    }
    let fake = fake();
    let mut command = env.command(&CREATE);
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "x")
        .env("GT", "y");
    let ran = env.finish(command.output().unwrap());
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("ci.install"), "{}", ran.stderr);
    assert!(fake.log().is_empty(), "it stops before anything is asked");
    for (flag, value, told) in [
        ("--badge-gist", "nonsense", "20 or 32 hexadecimal digits"),
        ("--created", "2026-02-30", "not a day of the calendar"),
        ("--gist-token-name", "a b", "not a secret name"),
        ("--schedule", "soon", "not a cron line"),
        ("--token-env", "NOT_SET", "which is not set"),
    ] {
        let fake = self::fake();
        let args: Vec<&str> = CREATE[..7].iter().copied().chain([flag, value]).collect();
        let ran = on(&env, &fake, &args);
        assert_eq!(ran.code, 2, "{flag}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{flag}: {}", ran.stderr);
        assert!(fake.log().iter().all(|logged| logged.method == "GET"));
    }
}

#[test]
fn settings_that_are_damaged_are_told_with_line_and_column_and_left_alone() {
    let (env, fake) = (TestEnv::new(), fake());
    env.repo.write(".ghtraf.json", "{\n  \"owner\": }");
    let ran = on(&env, &fake, &CREATE);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("line 2, column 12"), "{}", ran.stderr);
    assert_eq!(env.repo.read(".ghtraf.json"), "{\n  \"owner\": }");
}

#[test]
fn init_writes_the_files_alone_and_asks_nobody() {
    let (env, fake) = (TestEnv::new(), fake());
    let args = ["traffic", "init", "--owner", "acme", "--repo", "widget"];
    let dry = on(&env, &fake, &[&args[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    let made = on(&env, &fake, &args);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(env.repo.exists("docs/stats/index.html") && !env.repo.exists(".ghtraf.json"));
    let again = on(
        &env,
        &fake,
        &[
            "traffic",
            "create",
            "--files-only",
            "--owner",
            "acme",
            "--repo",
            "widget",
            "--dry-run",
            "--exit-code",
        ],
    );
    assert_eq!(again.code, 0, "{}{}", again.stdout, again.stderr);
    assert!(fake.log().is_empty());
}

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

fn with_traffic() -> FakeGitHub {
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
