//! A repository in which piton plans, and agents that do well or badly there.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use piton_testkit::{ScratchRepo, fake_agent};

use crate::env::{Ran, TestEnv};

/// What the scripted agent does at each step when all goes well.
pub(crate) const GOOD: &str = include_str!("../../../piton-loop/tests/fixtures/all-well.toml");

/// The migration that the tests plan.
pub(crate) const SLUG: &str = "add-api";

pub(crate) const MANIFEST: &str = "migrations/add-api/manifest.json";

/// An agent in a shell script that does every step well; `$1` is run in the
/// middle of its work.
const SHELL_AGENT: &str = r#"#!/bin/sh
cat >/dev/null
cd "$PITON_WORKSPACE" || exit 1
eval "$1"
contract='## Precondition

It stands.

## Definition of Done

It is done.
'
case $PITON_ROLE in
planning.approaches) mkdir -p approaches && echo facade >approaches/facade.md && echo rewrite >approaches/rewrite.md ;;
planning.expand) echo '# The plan' >plan.md && printf '%s' "$contract" >phase-1-facade.md ;;
esac
eval "$1"
case $PITON_ROLE in
planning.pick-best) echo 'Chosen approach: facade' ;;
planning.review) echo '1. no tests'; echo 'review-verdict: findings' ;;
planning.revise) echo '1. They are in phase 1.' ;;
planning.revise) echo '1. There are tests now.' ;;
planning.review-2) echo 'no findings' ;;
phase.ready-check) echo 'ready: yes' ;;
planning.final-review) echo 'final-decision: approve-auto — small and safe' ;;
*) echo done ;;
esac
"#;

/// Everything durable that a user has, apart from what piton keeps for itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    subjects: Vec<String>,
    references: String,
    status: String,
    staged: String,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl TestEnv {
    /// A repository with a small project, piton set up and committed.
    pub(crate) fn staged() -> Self {
        static STAGED: OnceLock<Vec<u8>> = OnceLock::new();
        unpacked(STAGED.get_or_init(|| {
            let env = Self::with_cargo_project();
            let _ = env.ok(&["init"]);
            env.repo.commit_all("piton");
            packed(&env)
        }))
    }

    /// The same with a migration that is planned as far as `steps` steps.
    pub(crate) fn planned(steps: usize) -> Self {
        static PLANNED: [OnceLock<Vec<u8>>; 8] = [const { OnceLock::new() }; 8];
        unpacked(PLANNED[steps].get_or_init(|| {
            if steps == 0 {
                let env = Self::staged();
                let _ = env.ok(&["migration", "new", SLUG, "--target", "Put an API in front"]);
                return packed(&env);
            }
            let env = Self::planned(steps - 1);
            let ran = env.step(&env.script("good", GOOD));
            assert_eq!(ran.code, 0, "{}", ran.shown());
            packed(&env)
        }))
    }

    /// The same, where the last review asks for a person.
    pub(crate) fn waiting() -> Self {
        static WAITING: OnceLock<Vec<u8>> = OnceLock::new();
        unpacked(WAITING.get_or_init(|| {
            let env = Self::planned(6);
            let script = env.one(
                "planning.final-review",
                "final-decision: approve-needs-human — touches the public API",
            );
            let ran = env.step(&script);
            assert_eq!(ran.code, 0, "{}", ran.shown());
            packed(&env)
        }))
    }

    /// Runs the next step with an agent and further arguments.
    pub(crate) fn step(&self, arguments: &[String]) -> Ran {
        self.run(&step(arguments))
    }

    /// Starts the next step in the background.
    pub(crate) fn begin_step(&self, arguments: &[String]) -> Child {
        self.command(&step(arguments))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Returns the arguments that have a file of replies played.
    pub(crate) fn script(&self, name: &str, replies: &str) -> Vec<String> {
        let path = self.home.path().join(format!("{name}.toml"));
        std::fs::write(&path, replies).unwrap();
        strings(&["--with", "script", "--agent-script", path.to_str().unwrap()])
    }

    /// The same for one reply.
    pub(crate) fn one(&self, role: &str, rest: &str) -> Vec<String> {
        let rest = if rest.contains(" = ") {
            rest.to_owned()
        } else {
            format!("reply = '''{rest}'''")
        };
        self.script("one", &format!("[[step]]\nrole = \"{role}\"\n{rest}\n"))
    }

    /// Returns the arguments that have the fake agent do these things. It
    /// notes its processes where [`Self::left_running`] looks for them.
    pub(crate) fn fake(&self, verbs: &[&str]) -> Vec<String> {
        let program = fake_agent(self.home.path()).unwrap();
        let noted = self.home.path().join("pids");
        std::fs::write(&noted, "").unwrap();
        let mut words = vec![
            program.to_str().unwrap().to_owned(),
            format!("pids:{}", noted.display()),
        ];
        words.extend(verbs.iter().map(|verb| format!("'{verb}'")));
        // It notes its processes outside its slot, and what it does there is to
        // be noticed, not kept from it.
        let command = words.join(" ");
        strings(&[
            "--with",
            "command",
            "--agent-command",
            &command,
            "--seal",
            "off",
        ])
    }

    /// Returns the arguments for an agent that does all well and runs
    /// `between` while it works.
    pub(crate) fn sealed_shell_agent(&self, between: &str) -> Vec<String> {
        use std::os::unix::fs::PermissionsExt;
        let path = self.home.path().join("shell-agent");
        if !path.exists() {
            std::fs::write(&path, SHELL_AGENT).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let command = format!("{} '{between}'", path.display());
        strings(&["--with", "command", "--agent-command", &command])
    }

    /// The same without a seal: it can do to the repository what the user can,
    /// and plays the user in some tests.
    pub(crate) fn shell_agent(&self, between: &str) -> Vec<String> {
        let mut arguments = self.sealed_shell_agent(between);
        arguments.extend(strings(&["--seal", "off"]));
        arguments
    }

    /// Returns the processes of agents of this environment that still run.
    pub(crate) fn left_running(&self) -> Vec<String> {
        let noted = std::fs::read_to_string(self.home.path().join("pids")).unwrap_or_default();
        let ours: Vec<&str> = noted.split_whitespace().collect();
        let home = self.home.path().to_str().unwrap();
        let output = Command::new("ps")
            .args(["-A", "-ww", "-o", "pid=,stat=,args="])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter(|line| {
                let mut words = line.split_whitespace();
                let pid = words.next().unwrap_or_default();
                let dead = words.next().unwrap_or_default().starts_with('Z');
                !dead && (ours.contains(&pid) || line.contains(home))
            })
            .map(str::to_owned)
            .collect()
    }

    /// Returns a directory with these of the machine's programs and no others.
    pub(crate) fn tools(&self, names: &[&str]) -> PathBuf {
        let tools = self.home.path().join("tools");
        std::fs::create_dir(&tools).unwrap();
        for name in names {
            let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
                .map(|dir| dir.join(name))
                .find(|path| path.exists())
                .unwrap();
            std::os::unix::fs::symlink(found, tools.join(name)).unwrap();
        }
        tools
    }

    pub(crate) fn assert_nothing_runs(&self) {
        until("every process has ended", || self.left_running().is_empty());
    }

    pub(crate) fn picture(&self) -> Picture {
        let mut files = BTreeMap::new();
        gather(self.path(), &mut files);
        Picture {
            subjects: self.repo.subjects(),
            references: self
                .repo
                .git(&["for-each-ref", "--exclude=refs/piton/base"]),
            status: self.repo.status(),
            staged: self.repo.git(&["ls-files", "--stage"]),
            files,
        }
    }

    pub(crate) fn show(&self, slug: &str) -> serde_json::Value {
        self.ok(&["migration", "show", slug, "--json"]).json()
    }

    /// Returns where planning of [`SLUG`] stands.
    pub(crate) fn cursor(&self) -> String {
        let shown = self.show(SLUG);
        shown["planning"]["next_step"].as_str().unwrap().to_owned()
    }

    /// Requires what holds after every command, however it ended.
    pub(crate) fn assert_in_order(&self) {
        assert_eq!(self.repo.status(), "", "the working tree is not clean");
        let doctor = self.run(&["migration", "doctor", "--all"]);
        assert_eq!(doctor.shown(), "exit 0\n");
    }

    /// Requires that the doctor finds nothing that it could mend.
    pub(crate) fn assert_nothing_to_repair(&self) {
        let again = self.run(&[
            "migration",
            "doctor",
            "--repair",
            "--dry-run",
            "--exit-code",
        ]);
        assert_eq!(again.code, 0, "{}", again.shown());
    }

    /// Rewrites a field of the manifest, in the working tree.
    pub(crate) fn edit_manifest(&self, field: &str, value: serde_json::Value) {
        let mut manifest: serde_json::Value =
            serde_json::from_str(&self.repo.read(MANIFEST)).unwrap();
        manifest[field] = value;
        let text = serde_json::to_string_pretty(&manifest).unwrap();
        self.repo.write(MANIFEST, &format!("{text}\n"));
    }

    /// Returns the text of everything below a directory of piton's own state.
    pub(crate) fn kept(&self, below: &str) -> String {
        let mut files = BTreeMap::new();
        let root = self.path().join(".git/piton").join(below);
        gather_all(&root, &mut files);
        files
            .values()
            .map(|bytes| String::from_utf8_lossy(bytes))
            .collect()
    }
}

/// Packs a repository up, so that many tests can start where one came to. What
/// piton keeps for one clone alone stays behind.
fn packed(env: &TestEnv) -> Vec<u8> {
    let output = Command::new("tar")
        .args([
            "-c",
            "--exclude=./.git/piton",
            "--exclude=./.git/worktrees",
            ".",
        ])
        .current_dir(env.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    output.stdout
}

fn unpacked(packed: &[u8]) -> TestEnv {
    let env = TestEnv::over(ScratchRepo::empty());
    std::fs::remove_dir_all(env.path().join(".git")).unwrap();
    let mut child = Command::new("tar")
        .arg("-x")
        .current_dir(env.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(packed).unwrap();
    assert!(child.wait().unwrap().success());
    env
}

/// A project of files that are each a target, `src/f1.txt` and so on, with its
/// `check.sh`; and the file that lists the targets.
pub(crate) fn with_targets(count: usize, check: &str) -> (TestEnv, String) {
    let repo = ScratchRepo::new();
    let mut lines = String::new();
    for number in 1..=count {
        let file = format!("src/f{number}.txt");
        repo.write(&file, "fine\n");
        lines += &serde_json::json!({ "description": format!("f{number}"), "files": [file] })
            .to_string();
        lines.push('\n');
    }
    repo.write("check.sh", check);
    repo.commit_all("a project");
    let env = TestEnv::over(repo);
    let targets = env.home.path().join("targets.jsonl");
    std::fs::write(&targets, lines).unwrap();
    (env, targets.display().to_string())
}

/// The command that has [`SLUG`] refined, and no agent asked.
pub(crate) const fn refine(message: &str) -> [&str; 6] {
    let record_only = "--record-only";
    [
        "migration",
        "refine",
        SLUG,
        record_only,
        "--message",
        message,
    ]
}

pub(crate) fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn step(arguments: &[String]) -> Vec<String> {
    let mut all = strings(&["migration", "step", SLUG]);
    all.extend_from_slice(arguments);
    all
}

/// Looks again and again until it holds; fails the test when it never does.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn gather(dir: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name == ".git") {
            continue;
        }
        gather_one(path, files);
    }
}

fn gather_all(dir: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        gather_one(entry.unwrap().path(), files);
    }
}

fn gather_one(path: PathBuf, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let meta = path.symlink_metadata().unwrap();
    if meta.is_dir() {
        files.insert(path.clone(), Vec::new());
        gather_all(&path, files);
    } else if meta.is_file() {
        files.insert(path.clone(), std::fs::read(&path).unwrap());
    } else {
        files.insert(path, b"something else".to_vec());
    }
}
