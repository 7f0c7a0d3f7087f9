//! A stored plan from its making to its pull request: made, dispatched, carried
//! out by the lines of the workflow itself, killed in the middle, gone on with,
//! ended; in an issue, in a draft pull request, in a directory.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use piton_backend::log::LogPage;
use piton_testkit::forge::{Fault, FaultKind};
use serde_json::Value;

use crate::env::Ran;
use crate::stage::until;
use crate::team::{PLAN, Team};

/// The first call takes longer than anybody waits; the second does the work.
const SCRIPT: &str = r#"
[[step]]
role = "refactor"
prompt-contains = "Put one in front of the loader"
pause-ms = 120000
reply = "never"
[[step]]
role = "refactor"
reply = "done"
[[step.edit]]
base = "cwd"
path = "src/lib.rs"
append = "cache\n"
"#;

/// One step of the workflow that runs lines of shell.
#[derive(Debug)]
struct Step {
    name: String,
    env: BTreeMap<String, String>,
    run: String,
}

/// Reads the steps of a workflow as piton writes it.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("      - name: ") {
            steps.push(Step {
                name: name.to_owned(),
                env: BTreeMap::new(),
                run: String::new(),
            });
            continue;
        }
        let Some(step) = steps.last_mut() else {
            continue;
        };
        if line == "        run: |" {
            while let Some(line) = lines.next_if(|line| line.starts_with("          ")) {
                step.run.push_str(line.trim_start());
                step.run.push('\n');
            }
        } else if let Some(run) = line.strip_prefix("        run: ") {
            step.run.push_str(run);
        } else if let Some((name, value)) = line
            .strip_prefix("          ")
            .filter(|line| !line.starts_with(' '))
            .and_then(|line| line.split_once(": "))
        {
            step.env.insert(name.to_owned(), value.to_owned());
        }
    }
    steps.retain(|step| !step.run.is_empty());
    steps
}

/// A run of the workflow on a machine of its own.
struct Runner<'a> {
    team: &'a Team,
    home: tempfile::TempDir,
    checkout: PathBuf,
    inputs: BTreeMap<String, String>,
    run: u64,
}

impl<'a> Runner<'a> {
    fn new(team: &'a Team) -> Self {
        let home = tempfile::tempdir().unwrap();
        let checkout = home.path().join("work");
        let bin = home.path().join("bin");
        fs::create_dir(&bin).unwrap();
        // An installer that has piton at hand already.
        let cargo = format!(
            "#!/bin/sh\nset -e\ntest \"$*\" = 'install --locked piton --version =0.1.0'\n\
             mkdir -p \"$HOME/.cargo/bin\"\nln -sf '{}' \"$HOME/.cargo/bin/piton\"\n",
            env!("CARGO_BIN_EXE_piton")
        );
        let file = bin.join("cargo");
        fs::write(&file, cargo).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let cloned = Command::new("git")
            .args(["clone", "-q", "-b", "main"])
            .arg(&team.origin)
            .arg(&checkout)
            .env("HOME", home.path())
            .status()
            .unwrap();
        assert!(cloned.success());
        let (run, inputs) = team.fake.world(|world| {
            let runs = &world.repo("acme/app").runs;
            let (id, run) = runs.iter().next_back().unwrap();
            (*id, run.inputs.clone())
        });
        Self {
            team,
            home,
            checkout,
            inputs,
            run,
        }
    }

    fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.inputs {
            text = text.replace(&format!("${{{{ inputs.{name} }}}}"), value);
        }
        text.replace("${{ github.token }}", crate::stored::TOKEN)
            .replace("${{ secrets.AGENT_KEY }}", "sk-agent")
    }

    fn command(&self, step: &Step) -> Command {
        let path = format!(
            "{0}/.cargo/bin:{0}/bin:{1}",
            self.home.path().display(),
            std::env::var("PATH").unwrap()
        );
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step.run])
            .current_dir(&self.checkout)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTOR", "octo-actor")
            .env("GITHUB_RUN_ID", self.run.to_string())
            .env("GITHUB_REF_NAME", "main")
            .env("GITHUB_REPOSITORY", "acme/app")
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_API_URL", self.team.fake.address())
            .env("PLAN", &self.inputs["plan"])
            .stdin(Stdio::null());
        for (name, value) in &step.env {
            command.env(name, self.filled(value));
        }
        command
    }

    fn step(&self, step: &Step) -> Ran {
        self.team.finish(self.command(step))
    }
}

fn workflow(team: &Team) -> String {
    team.env.repo.read(".github/workflows/piton-plan.yml")
}

fn tour(backend: &str) {
    let team = Team::new(backend, SCRIPT);
    let id = team.create(PLAN);
    let _ = team.ok(&["init", "--ci"]);
    team.publish();
    if backend == "github-draft-pr" {
        // GitHub and the repository that is pushed to are one in truth.
        let branch = team.ok(&["plan", "show", &id, "--branch"]).stdout;
        let there = format!("HEAD:refs/heads/{}", branch.trim());
        team.env.repo.git(&["push", "-q", "origin", &there]);
    }
    let shown = team.ok(&["plan", "dispatch", &id, "--dry-run"]);
    assert!(shown.stdout.contains("piton-plan.yml"), "{}", shown.stdout);
    assert_eq!(team.header(&id)["last_dispatched_run_id"], Value::Null);
    // The answer is lost: the run is looked for.
    team.fake.fault(Fault::new(
        "POST",
        "/dispatches",
        FaultKind::StatusAfter(502),
    ));
    let ran = team.run(&["plan", "dispatch", &id]);
    if ran.code != 0 {
        let _ = team.ok(&["plan", "dispatch", &id]);
    }
    let runs = team.fake.world(|world| world.repo("acme/app").runs.len());
    assert_eq!(runs, 1, "never started twice");
    let again = team.run(&["plan", "dispatch", &id]);
    assert_eq!(again.code, 1, "{}", again.shown());
    assert!(
        again.stderr.contains("dispatched already"),
        "{}",
        again.stderr
    );
    let header = team.header(&id);
    let runner = Runner::new(&team);
    assert_eq!(header["last_dispatched_run_id"], runner.run.to_string());
    assert_eq!(
        header["last_dispatched_node_id"],
        format!("WFR_{}", runner.run)
    );
    let listed = team.ok(&["plan", "list", "--json"]).json();
    assert_eq!(listed["plans"][0]["run"]["state"], "queued", "{listed}");
    let status = team.ok(&["status"]).stdout;
    let said = format!("plan {id}: run {} is queued", runner.run);
    assert!(status.contains(&said), "{status}");
    if backend == "local" {
        // Where plans are files, what is recorded travels with the branch.
        team.publish();
        let pulled = Command::new("git")
            .args(["pull", "-q"])
            .current_dir(&runner.checkout)
            .env("HOME", runner.home.path())
            .status();
        assert!(pulled.unwrap().success());
    }

    let steps = steps(&workflow(&team));
    let mut seen = Vec::new();
    for step in &steps {
        seen.push(step.name.as_str());
        if step.name == "Implement" {
            killed_once(&runner, step);
        }
        let ran = runner.step(step);
        assert_eq!(ran.code, 0, "{}: {}", step.name, ran.shown());
        if step.name == "Implement" {
            assert!(ran.stdout.contains("landed"), "{}", ran.shown());
        }
        if step.name == "Push the branch" {
            // GitHub and the repository that is pushed to are one in truth.
            let branch = branch_of(&runner, &id);
            team.fake.world(|world| {
                let repo = world.repo("acme/app");
                repo.commit_files(&branch, "work", &[("src/lib.rs", "fine\ncache\n")]);
            });
        }
    }
    assert!(seen.contains(&"Push the branch"), "{seen:?}");
    // What the runner's clone has is what was pushed.
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .arg("--git-dir")
            .arg(&team.origin)
            .args(args)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let branch = branch_of(&runner, &id);
    assert_eq!(
        git(&["show", &format!("{branch}:src/lib.rs")]),
        "fine\ncache\n"
    );
    let message = git(&["log", "-1", "--format=%B", &branch]);
    assert!(message.starts_with("piton: Add a cache\n"), "{message}");
    assert!(
        message.contains(&format!("Piton-Plan: {id}\n")),
        "{message}"
    );
    if backend != "local" {
        let header = team.header(&id);
        assert!(header["last_remote_impl_at"].is_string(), "{header}");
        assert_eq!(header["branch_name"], branch);
        the_log_has_everything_once(&team, &id);
        let comments = team.fake.world(|world| {
            let all = world.repo("acme/app").comments.values();
            all.map(|comment| comment.body.clone()).collect::<Vec<_>>()
        });
        let own: Vec<_> = comments
            .iter()
            .filter(|body| body.contains("carries this plan out"))
            .collect();
        assert_eq!(own.len(), 1, "{comments:?}");
        assert!(own[0].contains("was cut off"), "{}", own[0]);
        assert!(own[0].contains("ended: landed"), "{}", own[0]);
        assert!(own[0].contains("asks script for refactor"), "{}", own[0]);
        assert!(own[0].contains(": green in "), "{}", own[0]);
    }
    team.fake.world(|world| {
        let repo = world.repo("acme/app");
        let pulls: Vec<_> = repo
            .issues
            .values()
            .filter(|issue| issue.pull.as_ref().is_some_and(|pull| pull.head == branch))
            .collect();
        assert_eq!(pulls.len(), 1);
        let pull = pulls[0].pull.as_ref().unwrap();
        assert!(!pull.draft, "ready for review");
        let closes = format!("Closes #{id}");
        assert_eq!(pulls[0].body.contains(&closes), backend == "github-issue");
    });
    assert!(
        team.fake.violations().is_empty(),
        "{:?}",
        team.fake.violations()
    );
}

fn branch_of(runner: &Runner<'_>, id: &str) -> String {
    let step = Step {
        name: "branch".to_owned(),
        env: BTreeMap::from([("GH_TOKEN".to_owned(), "${{ github.token }}".to_owned())]),
        run: format!("piton plan show {id} --branch"),
    };
    let ran = runner.step(&step);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ran.stdout.trim().to_owned()
}

/// Runs the step and kills it while the agent thinks.
fn killed_once(runner: &Runner<'_>, step: &Step) {
    let said = runner.home.path().join("said");
    let mut child = runner
        .command(step)
        .stdout(fs::File::create(&said).unwrap())
        .stderr(fs::File::create(said.with_extension("err")).unwrap())
        .spawn()
        .unwrap();
    let state = runner.checkout.join(".git/piton/work/script-progress.json");
    until("the agent was asked", || {
        if let Some(ended) = child.try_wait().unwrap() {
            let read = |path: &Path| fs::read_to_string(path).unwrap();
            let (out, err) = (read(&said), read(&said.with_extension("err")));
            panic!("it ended before it was killed: {ended}\n{out}\n{err}");
        }
        state.is_file()
    });
    // The program itself, not the shell around it, nor what the program runs.
    let piton = if is_piton(child.id()) {
        child.id()
    } else {
        child_of(child.id()).expect("the shell runs it")
    };
    assert!(is_piton(piton));
    let pid = rustix::process::Pid::from_raw(i32::try_from(piton).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let _ = child.wait();
    let undertaken = fs::read_dir(runner.checkout.join(".git/piton/plans"))
        .unwrap()
        .any(|entry| {
            entry
                .unwrap()
                .path()
                .to_string_lossy()
                .ends_with(".undertaken.json")
        });
    assert!(undertaken, "it is known that work began");
}

fn is_piton(process: u32) -> bool {
    let runs = fs::read_link(format!("/proc/{process}/exe"));
    runs.is_ok_and(|program| program == Path::new(env!("CARGO_BIN_EXE_piton")))
}

fn child_of(parent: u32) -> Option<u32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    fs::read_to_string(path)
        .ok()?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

fn the_log_has_everything_once(team: &Team, id: &str) {
    let bodies: Vec<String> = team.fake.world(|world| {
        let all = world.repo("acme/app").comments.values();
        all.map(|comment| comment.body.clone()).collect()
    });
    let mut keys: Vec<String> = bodies
        .iter()
        .filter_map(|body| LogPage::read(body))
        .flat_map(|page| page.entries)
        .map(|entry| entry.key)
        .collect();
    keys.sort();
    let all = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), all, "nothing is there twice");
    let told = team.ok(&["plan", "log", id, "--json"]).json();
    assert!(told["events"].as_array().unwrap().len() >= 4, "{told}");
}

#[test]
fn a_plan_in_an_issue_goes_all_the_way() {
    tour("github-issue");
}

#[test]
fn a_plan_in_a_draft_pull_request_goes_all_the_way() {
    tour("github-draft-pr");
}

#[test]
fn a_plan_in_a_directory_goes_all_the_way() {
    tour("local");
}
