//! `piton traffic collect --replay`, through the binary.

use std::fs;
use std::process::Command;

use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};

use crate::env::{Ran, TestEnv};

/// The program in its repository, with the fake GitHub and a pinned installer.
pub(crate) fn on(env: &TestEnv, fake: &FakeGitHub, args: &[&str]) -> Ran {
    env.finish(command(env, fake, args).output().unwrap())
}

pub(crate) fn command(env: &TestEnv, fake: &FakeGitHub, args: &[&str]) -> Command {
    let mut command = env.command(args);
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "ghp_owner")
        .env("GT", "ghp_collector")
        .env("PITON_CI_INSTALL", "0.1.0");
    command
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
fn init_after_create_keeps_what_only_github_and_options_knew() {
    let (env, fake) = (TestEnv::new(), fake());
    let options = ["--branch", "trunk", "--schedule", "1 2 * * *"];
    let secret = ["--gist-token-name", "OTHER_TOKEN"];
    let made = on(&env, &fake, &[&CREATE[..], &options, &secret].concat());
    assert_eq!(made.code, 0, "{}{}", made.stdout, made.stderr);
    let page = env.repo.read("docs/stats/index.html");
    assert!(
        page.contains("gist.githubusercontent.com/jo/"),
        "the gists are a person's"
    );
    let again = on(
        &env,
        &fake,
        &["traffic", "init", "--dry-run", "--exit-code"],
    );
    assert_eq!(again.code, 0, "{}{}", again.stdout, again.stderr);
}

#[test]
fn init_keeps_nothing_of_its_files_that_could_not_be_used() {
    let (env, fake) = (TestEnv::new(), fake());
    let made = on(&env, &fake, &CREATE);
    assert_eq!(made.code, 0, "{}{}", made.stdout, made.stderr);
    let workflow = ".github/workflows/traffic-badges.yml";
    for (path, good, bad) in [
        (
            "docs/stats/index.html",
            "usercontent.com/jo/",
            "usercontent.com/j<o/",
        ),
        (workflow, "- cron: ", "- cron: soon "),
        (workflow, "- \"main\"", "- \"-main\""),
    ] {
        let text = env.repo.read(path);
        assert!(text.contains(good), "{path}: {good}");
        env.repo.write(path, &text.replace(good, bad));
    }
    let again = on(&env, &fake, &["traffic", "init", "--force"]);
    assert_eq!(again.code, 0, "{}{}", again.stdout, again.stderr);
    let (page, written) = (
        env.repo.read("docs/stats/index.html"),
        env.repo.read(workflow),
    );
    assert!(page.contains("usercontent.com/acme/") && !page.contains("j<o"));
    assert!(
        written.contains("- \"main\"") && !written.contains("soon"),
        "{written}"
    );
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
