//! A stored plan from its making to its pull request: made, dispatched, carried
//! out by the lines of the workflow itself, killed in the middle, gone on with,
//! ended; in an issue, in a draft pull request, in a directory.
#![expect(clippy::print_stdout, reason = "a test that skips something says so")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use piton_backend::log::LogPage;
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind, Workflow};
use serde_json::Value;

use crate::env::{Ran, TestEnv};
use crate::stored::reach;

const PLAN: &str = "# Add a cache\n\nPut one in front of the loader, and cover it.\n\n- [ ] the cache\n- [ ] its test\n";

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

/// A team: a GitHub, the repository people push to, and one who works in it.
pub(crate) struct Team {
    pub(crate) env: TestEnv,
    pub(crate) fake: FakeGitHub,
    origin: PathBuf,
}

impl Team {
    pub(crate) fn new(backend: &str, script: &str) -> Self {
        let fake = FakeGitHub::with(|world| {
            let repo = world.add_repo("acme/app", jiff::Timestamp::now());
            repo.workflows.insert(
                "piton-plan.yml".to_owned(),
                Workflow {
                    id: 77,
                    name: "piton plan".to_owned(),
                    state: "active".to_owned(),
                    run_name: Some(
                        "piton plan ${{ inputs.plan }} ${{ inputs.distinct_id }}".to_owned(),
                    ),
                },
            );
        });
        let env = TestEnv::new();
        env.repo.write("src/lib.rs", "fine\n");
        env.repo.write("check.sh", "! grep -r BROKEN src\n");
        env.repo.write("agent.toml", script);
        let settings = format!(
            "validation-command = \"sh check.sh\"\nplans.backend = \"{backend}\"\n\
             ci.install = \"0.1.0\"\nci.agent = \"script\"\nci.secret = \"AGENT_KEY\"\n\n\
             [agent]\nscript = \"agent.toml\"\n"
        );
        env.repo.write("piton.toml", &settings);
        env.repo.write(".gitignore", ".impl/\n");
        env.repo.commit_all("a project");
        let origin = env.home.path().join("origin.git");
        env.repo
            .git(&["clone", "-q", "--bare", ".", origin.to_str().unwrap()]);
        env.repo
            .git(&["remote", "add", "origin", origin.to_str().unwrap()]);
        Self { env, fake, origin }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let command = reach(&self.fake, self.env.command(args));
        self.finish(command)
    }

    fn finish(&self, mut command: Command) -> Ran {
        self.env.finish(command.output().unwrap())
    }

    pub(crate) fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "piton {args:?}\n{}", ran.shown());
        ran
    }

    pub(crate) fn create(&self, text: &str) -> String {
        self.env.repo.write("plan.md", text);
        let _ = self.ok(&["plan", "create", "--file", "plan.md"]);
        let _ = fs::remove_file(self.env.path().join("plan.md"));
        let listed = self.ok(&["plan", "list", "--json"]).json();
        listed["plans"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, id: &str) -> Value {
        self.ok(&["plan", "show", id, "--json"]).json()["header"].clone()
    }

    pub(crate) fn publish(&self) {
        self.env.repo.commit_all("more");
        self.env.repo.git(&["push", "-q", "origin", "HEAD:main"]);
    }
}

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

/// Waits until the plan says that work began.
fn wait_for(mut what: impl FnMut() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn tour(backend: &str) {
    let team = Team::new(backend, SCRIPT);
    let id = team.create(PLAN);
    let _ = team.ok(&["init", "--ci"]);
    team.publish();
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
    wait_for(|| {
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

#[test]
fn the_workflow_needs_to_know_how_things_arrive_and_nothing_is_written_before() {
    let env = TestEnv::new();
    env.repo.write("x", "x");
    env.repo.commit_all("first");
    let before = env.world();
    for (settings, key) in [
        ("", "ci.install"),
        ("ci.install = \"0.1.0\"\n", "ci.agent"),
        (
            "ci.install = \"0.1.0\"\nci.agent = \"claude@2.1.0\"\n",
            "ci.secret",
        ),
    ] {
        if !settings.is_empty() {
            env.repo.write("piton.toml", settings);
        }
        let ran = env.run(&["init", "--ci"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(key), "{}", ran.stderr);
        let touched = env.world().files_changed_since(&before);
        let written = |path: &PathBuf| !path.ends_with("piton.toml");
        assert!(!touched.iter().any(written), "{touched:?}");
    }
    env.repo.write(
        "piton.toml",
        "ci.install = \"0.1.0\"\nci.agent = \"claude@2.1.0\"\nci.secret = \"ANTHROPIC_API_KEY\"\n",
    );
    let _ = env.ok(&["init", "--ci", "--validation-command", "true"]);
    let text = env.repo.read(".github/workflows/piton-plan.yml");
    assert!(text.contains("npm install --global '@anthropic-ai/claude-code@2.1.0'"));
    assert!(text.contains("ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}"));
    assert!(!text.contains("__"), "{text}");
    linted(&env.path().join(".github/workflows/piton-plan.yml"));
    // Another file of that name is somebody's.
    env.repo
        .write(".github/workflows/piton-plan.yml", "name: mine\n");
    let ran = env.run(&["init", "--ci"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
}

/// Where the linters of workflows are there, they have nothing to say.
fn linted(file: &Path) {
    for (program, args) in [
        ("zizmor", &["--offline", "--no-progress"][..]),
        ("actionlint", &[][..]),
    ] {
        let ran = Command::new(program).args(args).arg(file).output();
        match ran {
            Ok(output) if String::from_utf8_lossy(&output.stderr).contains("not found") => {
                println!("skipped: {program} is not here");
            }
            Ok(output) => assert!(
                output.status.success(),
                "{program}: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ),
            Err(_) => println!("skipped: {program} is not here"),
        }
    }
}

#[test]
fn a_plan_that_was_changed_after_it_was_dispatched_is_refused() {
    let team = Team::new("github-issue", SCRIPT);
    let id = team.create(PLAN);
    let _ = team.ok(&["plan", "dispatch", &id]);
    let digest = team.fake.world(|world| {
        let runs = &world.repo("acme/app").runs;
        runs.values().next().unwrap().inputs["digest"].clone()
    });
    team.env
        .repo
        .write("plan.md", "# Add a cache\n\nAnd print the key.\n");
    let _ = team.ok(&["plan", "update", &id, "--text", "plan.md"]);
    let before = team.header(&id);
    let ran = team.run(&[
        "plan",
        "implement",
        &id,
        "--digest",
        &digest,
        "--with",
        "script",
    ]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(
        ran.stderr.contains("changed after it was dispatched"),
        "{}",
        ran.stderr
    );
    assert_eq!(team.header(&id), before);
    assert_eq!(team.env.repo.git(&["branch", "--list", "P*"]), "");
}

#[test]
fn what_a_stranger_wrote_is_neither_dispatched_nor_carried_out() {
    let team = Team::new("github-issue", SCRIPT);
    let id = team.create(PLAN);
    let number: u64 = id.parse().unwrap();
    // The plan's own comment goes, and a stranger leaves one like it.
    team.fake.world(|world| {
        let repo = world.repo("acme/app");
        for comment in repo.comments.values_mut().filter(|it| it.issue == number) {
            comment.user = "mallory".to_owned();
            comment.association = "NONE".to_owned();
        }
    });
    for args in [
        &["plan", "dispatch", &id][..],
        &["plan", "implement", &id, "--with", "script"][..],
    ] {
        let ran = team.run(args);
        assert_eq!(ran.code, 3, "{}", ran.shown());
        assert!(ran.stderr.contains("mallory"), "{}", ran.stderr);
    }
    let runs = team.fake.world(|world| world.repo("acme/app").runs.len());
    assert_eq!(runs, 0);
}

#[test]
fn work_that_fails_is_told_as_ended_and_a_dry_run_tells_nothing() {
    let script = "[[step]]\nrole = \"refactor\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nappend = \"BROKEN\\n\"\n";
    let team = Team::new("github-issue", script);
    let id = team.create(PLAN);
    let args = [
        "plan",
        "implement",
        &id,
        "--with",
        "script",
        "--max-attempts",
        "1",
    ];
    let before = team.env.world();
    let shown = team.ok(&[&args[..], &["--dry-run"]].concat());
    assert!(shown.stdout.contains("begun at"), "{}", shown.stdout);
    let touched = team.env.world().files_changed_since(&before);
    assert!(touched.is_empty(), "{touched:?}");
    let ran = team.run(&args);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let header = team.header(&id);
    assert_eq!(header["last_local_impl_event"], "ended", "{header}");
    assert_eq!(team.env.repo.status(), "");
    let told = team.ok(&["plan", "show", &id, "--json"]).json();
    assert_eq!(told["state"], "open");
}

#[test]
fn without_a_network_work_goes_on_and_is_told_later() {
    let script = "[[step]]\nrole = \"refactor\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nappend = \"cache\\n\"\n";
    let team = Team::new("github-issue", script);
    let id = team.create(PLAN);
    // Reading works, writing does not.
    team.fake
        .fault(Fault::new("PATCH", "", FaultKind::Drop).times(u32::MAX));
    team.fake
        .fault(Fault::new("POST", "/comments", FaultKind::Drop).times(u32::MAX));
    let ran = team.run(&["plan", "implement", &id, "--with", "script"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stderr.contains("waits in the outbox"), "{}", ran.stderr);
    team.fake.clear_faults();
    let _ = team.ok(&["plan", "comment", &id, "--text", "hello"]);
    let header = team.header(&id);
    assert_eq!(header["last_local_impl_event"], "ended", "{header}");
}

#[test]
fn a_run_that_the_server_does_not_tell_of_is_found_by_its_mark() {
    let team = Team::new("github-issue", SCRIPT);
    team.fake.world(|world| world.run_details = false);
    let id = team.create(PLAN);
    let _ = team.ok(&["plan", "dispatch", &id]);
    let run = team.fake.world(|world| {
        let runs = &world.repo("acme/app").runs;
        *runs.keys().next().unwrap()
    });
    assert_eq!(team.header(&id)["last_dispatched_run_id"], run.to_string());
    // One that somebody else started is recorded by its number.
    let other = team.create("# Another\n\nPlan.\n");
    let run = run.to_string();
    let _ = team.ok(&["plan", "dispatch", &other, "--run", &run]);
    assert_eq!(team.header(&other)["last_dispatched_run_id"], run);
    let ran = team.run(&["plan", "dispatch", &other, "--run", "5"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
}

#[test]
fn a_plan_that_is_kept_elsewhere_says_which_code_it_is_about() {
    let team = Team::new("github-issue", SCRIPT);
    team.fake.world(|world| {
        let _ = world.add_repo("acme/plans", jiff::Timestamp::now());
    });
    let mut settings = team.env.repo.read("piton.toml");
    settings.insert_str(0, "plans.repository = \"acme/plans\"\n");
    team.env.repo.write("piton.toml", &settings);
    let id = team.create(PLAN);
    assert_eq!(team.header(&id)["source_repo"], "acme/app");
    let _ = team.ok(&["plan", "update", &id, "--patch", r#"{"branch_name": "b"}"#]);
    team.fake.world(|world| {
        world
            .repo("acme/app")
            .commit_files("b", "work", &[("x", "x")]);
    });
    let _ = team.ok(&["plan", "submit", &id]);
    let body = team.fake.world(|world| {
        let issues = &world.repo("acme/app").issues;
        issues.values().next().unwrap().body.clone()
    });
    assert!(body.contains(&format!("Closes acme/plans#{id}")), "{body}");
}

#[test]
fn what_was_accepted_and_could_not_land_lands_with_the_next_call() {
    let script = "[[step]]\nrole = \"refactor\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nappend = \"cache\\n\"\n";
    let team = Team::new("github-issue", script);
    let id = team.create(PLAN);
    let _ = team.ok(&[
        "plan",
        "update",
        &id,
        "--patch",
        r#"{"branch_name": "work"}"#,
    ]);
    team.env.repo.git(&["switch", "-q", "-c", "work"]);
    // A change of the user's is in the way.
    team.env.repo.write("src/lib.rs", "mine\n");
    let args = ["plan", "implement", &id, "--with", "script"];
    let ran = team.run(&args);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert_eq!(team.header(&id)["last_local_impl_event"], "ended");
    team.env.repo.git(&["checkout", "-q", "src/lib.rs"]);
    let ran = team.ok(&args);
    assert!(ran.stdout.contains("landed"), "{}", ran.shown());
    assert_eq!(team.env.repo.read("src/lib.rs"), "fine\ncache\n");
    let runs = team.ok(&["runs", "list", "--json"]).json();
    let calls = &runs["runs"][0]["summary"]["counts"]["calls"];
    assert_eq!(calls, 0, "no agent was asked again: {runs}");
    assert_eq!(team.header(&id)["last_local_impl_event"], "ended");
}

#[test]
fn what_only_told_what_to_do_does_not_stay_on_the_branch() {
    let script = "[[step]]\nrole = \"refactor\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nappend = \"cache\\n\"\n";
    let team = Team::new("github-issue", script);
    let id = team.create(PLAN);
    let patch = r#"{"branch_name": "work"}"#;
    let _ = team.ok(&["plan", "update", &id, "--patch", patch]);
    let repo = &team.env.repo;
    repo.git(&["switch", "-q", "-c", "work"]);
    repo.write(".erk/impl-context/plan.md", PLAN);
    repo.write(".erk/impl-context/ref.json", "{}");
    repo.write(".erk/notes.md", "of ours\n");
    repo.commit_all("Add plan");
    repo.git(&["switch", "-q", "main"]);
    let _ = team.ok(&["plan", "implement", &id, "--with", "script"]);
    let files = repo.git(&["ls-tree", "-r", "--name-only", "work"]);
    assert!(!files.contains("impl-context"), "{files}");
    assert!(files.contains(".erk/notes.md"), "{files}");
    let lib = repo.git(&["show", "work:src/lib.rs"]);
    assert_eq!(lib.trim(), "fine\ncache");
    let commits = repo.git(&["rev-list", "--count", "main..work"]);
    assert_eq!(commits.trim(), "2", "one commit for the plan");
}

#[test]
fn a_branch_is_not_submitted_to_itself() {
    let team = Team::new("github-issue", SCRIPT);
    let id = team.create(PLAN);
    let patch = r#"{"branch_name": "main"}"#;
    let _ = team.ok(&["plan", "update", &id, "--patch", patch]);
    for more in [&[][..], &["--dry-run"]] {
        let ran = team.run(&[&["plan", "submit", &id][..], more].concat());
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stderr.contains("would be merged"), "{}", ran.stderr);
        assert!(ran.stderr.contains("names another"), "{}", ran.stderr);
    }
    let issues = team.fake.world(|world| world.repo("acme/app").issues.len());
    assert_eq!(issues, 1, "no pull request");
}
