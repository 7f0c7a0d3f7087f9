//! Runs that are interrupted: exit code 130, a record that says so, no process
//! left, and nothing of what was accepted lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::env::{Ran, TestEnv};
use crate::stage::{until, with_targets};

/// Changes the file that it is asked about.
const GOOD: &str =
    "file=$(grep -o 'src/f[0-9]*\\.txt' | head -n 1)\necho better >> \"$file\"\necho done\n";

/// A project with two targets, in which whoever is at work says so and stays.
struct Scene {
    env: TestEnv,
    targets: String,
}

impl Scene {
    fn new() -> Self {
        let (env, targets) = with_targets(2, "true\n");
        Self { env, targets }
    }

    /// A piece of shell that notes its process and stays for ever.
    fn stays(&self) -> String {
        let pids = self.env.home.path().join("pids");
        format!("echo $$ >> '{}'\nexec sleep 300\n", pids.display())
    }

    /// How many have said that they stay.
    fn staying(&self) -> usize {
        let pids = fs::read_to_string(self.env.home.path().join("pids"));
        pids.unwrap_or_default().lines().count()
    }

    fn program(&self, name: &str, text: &str) -> String {
        let path = self.env.home.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    fn arguments(&self, agent: &str, check: &str, more: &[&str]) -> Vec<String> {
        let words = ["run", "--targets", &self.targets, "--with", "command"];
        let agent = self.program("agent", agent);
        let rest = ["--agent-command", &agent, "--validation-command", check];
        // Whoever stays notes it outside the slot.
        let all = [&words[..], &rest, &["--seal", "off"], more].concat();
        all.into_iter().map(str::to_owned).collect()
    }

    /// Starts a run, waits for the moment, and ends it with a signal.
    fn interrupt(&self, signal: &str, arguments: &[String], moment: impl Fn() -> bool) -> Ran {
        let whom = |pid: u32| pid.to_string();
        self.end(self.env.command(arguments), signal, whom, moment)
    }

    /// The same as Ctrl-C does it, which reaches all of a process group.
    fn interrupt_all(&self, arguments: &[String], moment: impl Fn() -> bool) -> Ran {
        let mut command = self.env.command(arguments);
        command.process_group(0);
        self.end(command, "INT", |pid| format!("-{pid}"), moment)
    }

    fn end(
        &self,
        mut command: Command,
        signal: &str,
        whom: impl Fn(u32) -> String,
        moment: impl Fn() -> bool,
    ) -> Ran {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        until("the moment has come", moment);
        let sent = Command::new("kill")
            .args(["-s", signal, "--", &whom(child.id())])
            .status();
        assert!(sent.unwrap().success());
        self.env.finish(child.wait_with_output().unwrap())
    }

    /// How many calls of an agent the last run made.
    fn calls(&self) -> usize {
        let record = self.env.ok(&["runs", "show", "--json"]).json();
        let calls = record["summary"]["counts"]["calls"].as_u64();
        usize::try_from(calls.unwrap_or_default()).unwrap()
    }

    /// Requires what holds after every interrupt, and that work goes on.
    fn requires(&self, ran: &Ran, done: usize) {
        assert_eq!(ran.code, 130, "{}", ran.shown());
        let text = ran.shown();
        assert!(text.contains("interrupted"), "{text}");
        self.env.assert_nothing_runs();
        assert_eq!(self.env.repo.status(), "", "{text}");
        let record = self.env.ok(&["runs", "show", "--json"]).json();
        let status = &record["summary"]["final_status"];
        assert_eq!(status, "interrupted", "{record}");
        assert_eq!(self.env.repo.subjects().len(), 2 + done, "{text}");
        let next = self.arguments(GOOD, "true", &[]);
        let next = self.env.run(&next);
        assert_eq!(next.code, 0, "{}", next.shown());
        assert_eq!(self.env.repo.status(), "");
        for name in ["f1", "f2"] {
            let text = self.env.repo.read(&format!("src/{name}.txt"));
            assert!(text.contains("better"), "{name}: {text}");
        }
    }
}

#[test]
fn during_a_call_the_agent_ends_with_all_that_it_started() {
    for signal in ["INT", "TERM", "HUP"] {
        let scene = Scene::new();
        let agent = format!("(trap '' TERM INT; {}) &\n{}", scene.stays(), scene.stays());
        let arguments = scene.arguments(&agent, "true", &[]);
        let ran = scene.interrupt(signal, &arguments, || scene.staying() == 2);
        scene.requires(&ran, 0);
    }
}

#[test]
fn several_calls_end_at_once() {
    let scene = Scene::new();
    let arguments = scene.arguments(&scene.stays(), "true", &["--jobs", "2"]);
    let ran = scene.interrupt("TERM", &arguments, || scene.staying() == 2);
    scene.requires(&ran, 0);
}

#[test]
fn during_the_checks_of_what_was_there_before() {
    for (signal, jobs) in [("INT", "1"), ("TERM", "1"), ("INT", "2"), ("TERM", "2")] {
        let scene = Scene::new();
        let check = scene.program("check", &scene.stays());
        let arguments = scene.arguments(GOOD, &check, &["--jobs", jobs]);
        let ran = scene.interrupt(signal, &arguments, || scene.staying() == 1);
        assert_eq!(scene.calls(), 0, "nobody was paid: {}", ran.shown());
        scene.requires(&ran, 0);
    }
}

/// At a terminal, Ctrl-C reaches piton and every git that it has started.
#[test]
fn at_a_terminal_during_the_checks_of_what_was_there_before() {
    for jobs in ["1", "2"] {
        let scene = Scene::new();
        let check = scene.program("check", &scene.stays());
        let arguments = scene.arguments(GOOD, &check, &["--jobs", jobs]);
        let ran = scene.interrupt_all(&arguments, || scene.staying() == 1);
        scene.requires(&ran, 0);
    }
}

#[test]
fn during_the_checks_of_the_work() {
    for signal in ["INT", "TERM"] {
        let scene = Scene::new();
        let text = format!("grep -rq better src || exit 0\n{}", scene.stays());
        let check = scene.program("check", &text);
        let arguments = scene.arguments(GOOD, &check, &[]);
        let ran = scene.interrupt(signal, &arguments, || scene.staying() == 1);
        scene.requires(&ran, 0);
    }
}

#[test]
fn while_a_slot_is_set_up() {
    let scene = Scene::new();
    let setup = scene.program("setup", &scene.stays());
    scene
        .env
        .repo
        .write("piton.toml", &format!("[slot]\nsetup = \"{setup}\"\n"));
    scene.env.repo.git(&["add", "piton.toml"]);
    scene
        .env
        .repo
        .git(&["commit", "--quiet", "--amend", "--no-edit"]);
    let arguments = scene.arguments(GOOD, "true", &[]);
    let ran = scene.interrupt("INT", &arguments, || scene.staying() == 1);
    scene.program("setup", "true\n");
    scene.requires(&ran, 0);
}

#[test]
fn during_a_hook_of_the_user_s() {
    let scene = Scene::new();
    let hook = scene.env.path().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\n{}", scene.stays())).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let arguments = scene.arguments(GOOD, "true", &[]);
    let ran = scene.interrupt("TERM", &arguments, || scene.staying() == 1);
    fs::remove_file(&hook).unwrap();
    scene.requires(&ran, 0);
}

#[test]
fn while_a_commit_is_signed_and_the_work_is_kept() {
    let scene = Scene::new();
    let signs = scene.program("signs", &scene.stays());
    for (key, value) in [("commit.gpgsign", "true"), ("gpg.program", &signs)] {
        scene.env.repo.git(&["config", key, value]);
    }
    let arguments = scene.arguments(GOOD, "true", &[]);
    let ran = scene.interrupt("INT", &arguments, || scene.staying() == 1);
    scene.env.repo.git(&["config", "commit.gpgsign", "false"]);
    scene.requires(&ran, 0);
}

#[test]
fn while_a_run_sleeps_between_actions() {
    for signal in ["INT", "TERM"] {
        let scene = Scene::new();
        let arguments = scene.arguments(GOOD, "true", &["--sleep", "300"]);
        let landed = || scene.env.repo.subjects().len() == 3 && is_clean(&scene.env);
        let ran = scene.interrupt(signal, &arguments, landed);
        scene.requires(&ran, 1);
    }
}

#[test]
fn while_a_run_waits_for_the_provider_which_it_says_once() {
    let scene = Scene::new();
    let limit = "echo 'usage limit reached, try again in 1 hour' >&2; exit 1\n";
    let arguments = scene.arguments(limit, "true", &[]);
    let shown = scene.env.home.path().join("shown");
    let mut child = scene
        .env
        .command(&arguments)
        .env("PITON_RUN_LIMIT", "wait")
        .stdout(fs::File::create(&shown).unwrap())
        .stderr(fs::File::create(scene.env.home.path().join("told")).unwrap())
        .spawn()
        .unwrap();
    let told = || fs::read_to_string(&shown).unwrap();
    let waits = "the provider's limit is reached; waits until";
    until("the run waits", || told().contains(waits));
    let sent = Command::new("kill")
        .args(["-s", "INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130), "{}", told());
    assert_eq!(told().matches(waits).count(), 1, "{}", told());
    scene.env.assert_nothing_runs();
}

/// Nothing is landing any more.
fn is_clean(env: &TestEnv) -> bool {
    let notes = fs::read_dir(env.path().join(".git/piton/unlanded"));
    let held = notes.map_or(0, Iterator::count);
    held == 0 && !env.path().join(".git/index.lock").exists()
}

#[test]
fn while_landing_waits_for_a_git_of_the_user_s() {
    let scene = Scene::new();
    let lock = scene.env.path().join(".git/index.lock");
    // Whoever has it open holds it.
    let held_open = fs::File::create_new(&lock).unwrap();
    let arguments = scene.arguments(GOOD, "true", &[]);
    let held = scene.env.path().join(".git/piton/unlanded");
    let accepted = || fs::read_dir(&held).is_ok_and(|it| it.count() > 0);
    let ran = scene.interrupt("INT", &arguments, accepted);
    drop(held_open);
    fs::remove_file(&lock).unwrap();
    scene.requires(&ran, 0);
}
