//! Setting tracking up through the binary: what is meant, who gives the token.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use jiff::Timestamp;
use piton_testkit::forge::FakeGitHub;

use crate::env::{Ran, TestEnv};
use crate::pty::Seat;
use crate::traffic::{CREATE, fake, on, planned};

/// The program with something on its standard input.
fn fed(env: &TestEnv, fake: &FakeGitHub, args: &[&str], input: &str) -> Ran {
    let mut command = env.command(args);
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "ghp_owner")
        .env("PITON_CI_INSTALL", "0.1.0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    env.finish(child.wait_with_output().unwrap())
}

fn has_secret(fake: &FakeGitHub) -> bool {
    fake.world(|world| !world.repo("acme/widget").secrets.is_empty())
}

#[test]
fn a_token_comes_from_standard_input_and_is_written_down_nowhere() {
    let (env, fake) = (TestEnv::new(), fake());
    let args = [
        "traffic",
        "create",
        "--repo",
        "acme/widget",
        "--token-stdin",
    ];
    let saved = [&args[..], &["--plan-out", "plan.json"]].concat();
    let ran = fed(&env, &fake, &saved, "ghp_typed\n");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("--plan-out"), "{}", ran.stderr);
    assert!(!env.repo.exists("plan.json"));

    let ran = fed(&env, &fake, &args, "\n");
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!has_secret(&fake), "an empty answer leaves it to a person");
    assert!(ran.stdout.contains("gh secret set"), "{}", ran.stdout);

    let ran = fed(&env, &fake, &args, "ghp_typed\n");
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(has_secret(&fake));
    assert!(!ran.stdout.contains("ghp_typed") && !ran.stderr.contains("ghp_typed"));
    let journals = env.path().join(".git/piton/journals");
    for entry in fs::read_dir(journals).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            assert!(!fs::read_to_string(path).unwrap().contains("ghp_typed"));
        }
    }
}

#[test]
fn another_token_that_nobody_gives_fails_before_anything_changes() {
    let (env, fake) = (TestEnv::new(), fake());
    assert_eq!(on(&env, &fake, &CREATE).code, 0);
    fake.take_log();
    let args = [&CREATE[..7], &["--rotate-token"]].concat();
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("--token-env"), "{}", ran.stderr);
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
}

#[test]
fn the_layers_of_the_configuration_say_what_is_meant_and_are_told() {
    let (env, fake) = (TestEnv::new(), fake());
    fake.world(|world| {
        let now = Timestamp::now();
        for name in ["by/flag", "by/environment", "by/list", "by/remote"] {
            world.add_repo(name, now);
        }
    });
    let list = env.home.path().join("elsewhere/my-list.json");
    let meant = |args: &[&str], environment: &[(&str, &str)]| {
        let all = [&["traffic", "create", "--dry-run", "--json", "-vv"], args].concat();
        let mut command = env.command(&all);
        command
            .env("GITHUB_API_URL", fake.address())
            .env("GH_TOKEN", "ghp_owner")
            .env("PITON_CI_INSTALL", "0.1.0")
            .env("GHTRAF_CONFIG", &list);
        for (name, value) in environment {
            command.env(name, value);
        }
        let ran = env.finish(command.output().unwrap());
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let shown = ran.json();
        let name = shown["plan"]["context"]["repository"].as_str().unwrap();
        (name.to_owned(), ran.stderr)
    };
    env.repo.git(&[
        "remote",
        "add",
        "origin",
        "https://github.com/by/remote.git",
    ]);
    let (name, told) = meant(&[], &[]);
    assert_eq!(name, "by/remote");
    assert!(told.contains("repo = remote (remote `origin`)"), "{told}");
    assert!(
        told.contains("/repos/by/remote (200)"),
        "the requests are told: {told}"
    );
    fs::create_dir_all(list.parent().unwrap()).unwrap();
    let top = env.path().display().to_string();
    let entry = format!(
        "{{\"repos\": {{\"by/list\": {{\"repo_dir\": \"{top}\", \"created\": \"2020-02-02\"}}}}}}"
    );
    fs::write(&list, entry).unwrap();
    assert_eq!(meant(&[], &[]).0, "by/list");
    env.repo.write(
        ".ghtraf.json",
        "{\"owner\": \"acme\", \"repo\": \"widget\"}",
    );
    let (name, told) = meant(&[], &[]);
    assert_eq!(name, "acme/widget");
    assert!(told.contains("the remote `origin` is by/remote"), "{told}");
    let environment = [("GHTRAF_OWNER", "by"), ("GHTRAF_REPO", "environment")];
    assert_eq!(meant(&[], &environment).0, "by/environment");
    assert_eq!(meant(&["--repo", "by/flag"], &environment).0, "by/flag");
}

#[test]
fn a_list_of_the_users_own_choosing_is_the_one_that_is_written() {
    let (env, fake) = (TestEnv::new(), fake());
    let list = env.home.path().join("list.json");
    fs::write(&list, "{\n \"repos\": 3\n}").unwrap();
    let named = ["--ghtraf-config", list.to_str().unwrap()];
    let refused = on(&env, &fake, &[&CREATE[..], &named].concat());
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("`repos` must be"),
        "{}",
        refused.stderr
    );
    fs::write(&list, "{\"mine\": 1}").unwrap();
    let made = on(&env, &fake, &[&CREATE[..], &named].concat());
    assert_eq!(made.code, 0, "{}{}", made.stdout, made.stderr);
    let text = fs::read_to_string(&list).unwrap();
    assert!(
        text.contains("\"mine\": 1") && text.contains("acme/widget"),
        "{text}"
    );
    assert!(!env.home.path().join(".ghtraf").exists());
}

#[test]
fn the_checkout_is_found_from_below_and_by_name() {
    let (env, fake) = (TestEnv::new(), fake());
    let below = env.path().join("src/deep");
    fs::create_dir_all(&below).unwrap();
    let init = |args: &[&str], from: &std::path::Path| {
        let all = [
            &[
                "traffic",
                "init",
                "--repo",
                "acme/widget",
                "--dry-run",
                "--json",
            ],
            args,
        ]
        .concat();
        let mut command = env.command(&all);
        command.current_dir(from).env("PITON_CI_INSTALL", "0.1.0");
        env.finish(command.output().unwrap())
    };
    let ran = init(&[], &below);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("the repository around here"),
        "{}",
        ran.stderr
    );
    assert_eq!(planned(&ran).len(), 4);
    let elsewhere = env.home.path().to_owned();
    let top = env.path().display().to_string();
    let ran = init(&["--repo-dir", &top], &elsewhere);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = init(&["--repo-dir", "nowhere"], &elsewhere);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(fake.log().is_empty());
}

#[test]
fn somebody_at_the_terminal_says_which_gist_is_meant() {
    let (env, fake) = (TestEnv::new(), fake());
    let ids: Vec<String> = fake.world(|world| {
        let now = Timestamp::now();
        let described = "[GTT] acme/widget \u{b7} badges";
        (0..2)
            .map(|n| {
                world.add_gist(
                    described,
                    true,
                    &[("state.json", &format!("{{\"n\": {n}}}"))],
                    now,
                )
            })
            .collect()
    });
    let refused = on(&env, &fake, &CREATE);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    for id in &ids {
        assert!(refused.stderr.contains(id), "{}", refused.stderr);
    }
    let mut command = env.command(&[
        "traffic",
        "create",
        "--repo",
        "acme/widget",
        "--token-env",
        "GT",
    ]);
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "ghp_owner")
        .env("GT", "ghp_collector")
        .env("PITON_CI_INSTALL", "0.1.0");
    let mut seat = Seat::take(command);
    seat.wait_for("which one");
    seat.type_line(&ids[1]);
    let (code, screen) = seat.end();
    assert_eq!(code, 0, "{screen}");
    let variable =
        fake.world(|world| world.repo("acme/widget").variables["TRAFFIC_GIST_ID"].clone());
    assert_eq!(variable, ids[1]);
}

#[test]
fn outside_of_a_repository_the_nearest_folder_that_names_one_is_meant() {
    let env = TestEnv::new();
    let folder = env.home.path().join("work");
    let below = folder.join("src/deep");
    fs::create_dir_all(&below).unwrap();
    let init = |args: &[&str], from: &std::path::Path| {
        let mut command = env.command(&[&["traffic", "init"], args].concat());
        command.current_dir(from).env("PITON_CI_INSTALL", "0.1.0");
        env.finish(command.output().unwrap())
    };
    // What names no repository, and what lies in the home, is passed over.
    let named = "{\"owner\": \"acme\", \"repo\": \"widget\"}";
    fs::write(env.home.path().join(".ghtraf.json"), named).unwrap();
    fs::write(
        folder.join("src/.ghtraf.json"),
        "{\"created\": \"2026-01-01\"}",
    )
    .unwrap();
    let here = init(&["--non-interactive"], &below);
    assert_eq!(here.code, 0, "{}{}", here.stdout, here.stderr);
    assert!(
        here.stdout.contains("no repository is known"),
        "{}",
        here.stdout
    );
    assert!(below.join("docs/stats/index.html").is_file());
    fs::write(folder.join(".ghtraf.json"), named).unwrap();
    let found = init(&[], &below);
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
    let page = fs::read_to_string(folder.join("docs/stats/index.html")).unwrap();
    assert!(page.contains("widget"), "it is filled in");
    assert!(env.home.path().join(".local/state/piton/journals").is_dir());
    let again = init(&["--dry-run", "--exit-code"], &folder);
    assert_eq!(again.code, 0, "{}", again.stdout);
    // Files without a repository are ours: they are filled in later.
    let later = init(&["--repo", "acme/widget"], &below.join("docs"));
    assert_eq!(later.code, 0, "{}", later.stderr);
    let refused = env.finish({
        let mut command = env.command(&["traffic", "verify", "--fix", "--repo", "acme/widget"]);
        command.current_dir(&folder).output().unwrap()
    });
    assert_eq!(refused.code, 2, "{}", refused.stderr);
}

#[test]
fn a_plan_saved_outside_of_a_repository_is_performed_in_its_own_folder_from_anywhere() {
    let env = TestEnv::new();
    let folder = env.home.path().join("work");
    let elsewhere = env.home.path().join("elsewhere");
    for path in [&folder, &elsewhere] {
        fs::create_dir_all(path).unwrap();
    }
    let plan = folder.join("plan.json").display().to_string();
    let ran = |args: &[&str], from: &std::path::Path| {
        let mut command = env.command(args);
        command.current_dir(from).env("PITON_CI_INSTALL", "0.1.0");
        env.finish(command.output().unwrap())
    };
    let page = "docs/stats/index.html";
    let init = [
        "traffic",
        "init",
        "--repo",
        "acme/widget",
        "--plan-out",
        &plan,
    ];
    let saved = ran(&init, &folder);
    assert_eq!(saved.code, 0, "{}{}", saved.stdout, saved.stderr);
    assert!(!folder.join(page).exists(), "it is only saved");
    let shown = ran(&["apply", "--show", &plan], &elsewhere);
    assert_eq!(shown.code, 0, "{}{}", shown.stdout, shown.stderr);
    for from in [elsewhere.as_path(), env.path()] {
        let dry = ran(&["apply", "--dry-run", &plan], from);
        assert_eq!(dry.code, 0, "{}{}", dry.stdout, dry.stderr);
    }
    let applied = ran(&["apply", &plan], &elsewhere);
    assert_eq!(applied.code, 0, "{}{}", applied.stdout, applied.stderr);
    assert!(
        applied.stderr.contains("the plan is about"),
        "{}",
        applied.stderr
    );
    assert!(folder.join(page).is_file());
    assert!(!elsewhere.join(page).exists() && !env.path().join(page).exists());
    for from in [elsewhere.as_path(), env.path()] {
        let again = ran(&["apply", &plan], from);
        assert_eq!(again.code, 5, "{}", again.stderr);
    }
    // What appeared in the folder since is not overwritten.
    let other = folder.join("other.json").display().to_string();
    fs::remove_dir_all(folder.join("docs")).unwrap();
    let init = [&init[..5], &[other.as_str()]].concat();
    assert_eq!(ran(&init, &folder).code, 0);
    fs::create_dir_all(folder.join("docs/stats")).unwrap();
    fs::write(folder.join(page), "mine").unwrap();
    let stale = ran(&["apply", &other], &folder);
    assert_eq!(stale.code, 5, "{}", stale.stderr);
    assert_eq!(fs::read_to_string(folder.join(page)).unwrap(), "mine");
}

#[test]
fn tips_fit_what_was_done_and_have_ids() {
    let (env, fake) = (TestEnv::new(), fake());
    let made = on(&env, &fake, &CREATE);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert_eq!(made.stderr.matches("keeps your answers").count(), 1);
    assert!(made.stderr.contains("--dry-run shows"), "{}", made.stderr);
    assert!(!made.stderr.contains("config.remember"), "{}", made.stderr);
    assert!(!made.stderr.contains("5,000"), "{}", made.stderr);
    let again = on(&env, &fake, &CREATE);
    assert!(
        !again.stderr.contains("keeps your answers"),
        "{}",
        again.stderr
    );
    let env = TestEnv::new();
    let fake = self::fake();
    let made = on(&env, &fake, &[&CREATE[..], &["-v"]].concat());
    for id in [
        "setup.dry_run",
        "config.remember",
        "api.rate_limit",
        "setup.pat",
    ] {
        assert!(
            made.stderr.contains(&format!("({id})")),
            "{id}: {}",
            made.stderr
        );
    }
    let env = TestEnv::new();
    let args = ["traffic", "init", "--repo", "acme/widget", "-v"];
    let init = on(&env, &fake, &args);
    assert!(init.stderr.contains("(setup.configure)"), "{}", init.stderr);
    let quiet = on(&TestEnv::new(), &fake, &[&args[..4], &["-q"]].concat());
    assert!(!quiet.stderr.contains("fills"), "{}", quiet.stderr);
}

#[test]
fn a_file_that_nobody_can_be_asked_about_is_left_and_the_rest_is_done() {
    let (env, fake) = (TestEnv::new(), fake());
    env.repo.write("docs/stats/README.md", "mine\n");
    let args: Vec<&str> = CREATE
        .iter()
        .copied()
        .filter(|arg| *arg != "--non-interactive")
        .collect();
    let dry = on(&env, &fake, &[&args[..], &["--dry-run", "--json"]].concat());
    let shown = planned(&dry);
    assert!(
        shown.contains(&"file:ask:docs/stats/README.md".to_owned()),
        "{shown:?}"
    );
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("there was no terminal to ask at"),
        "{}",
        ran.stdout
    );
    assert_eq!(env.repo.read("docs/stats/README.md"), "mine\n");
    assert!(
        env.repo.exists(".ghtraf.json") && env.home.path().join(".ghtraf/config.json").is_file()
    );
}
