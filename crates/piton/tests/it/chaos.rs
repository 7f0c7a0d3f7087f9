//! Agents that fail in every way, a user who goes on working, and piton killed
//! in between: afterwards everything is in order and accounted for.
//!
//! `PITON_CHAOS_SEED`, `PITON_CHAOS_ACTIONS` and `PITON_CHAOS_KILLS` make it
//! another one, or a longer one (`CONTRIBUTING.md` has the command). The seed
//! decides what the user does and when piton is killed; agents draw for
//! themselves, and how all of them meet is up to the machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use piton_testkit::{ScratchRepo, manifest};
use serde_json::Value;

use crate::env::TestEnv;

/// An agent whose behaviour is drawn for each call.
const AGENT: &str = r#"
prompt=$(cat)
case "$prompt" in
  *"ready: "*) echo 'ready: yes'; exit 0 ;;
  *"decision: <cohesive"*) echo 'decision: cohesive-cleanup'; exit 0 ;;
esac
draw=$(( ($(echo "$SEED $$ $(date +%s%N)" | cksum | cut -d' ' -f1)) % 22 ))
file=src/f$(( ($(echo "$$ $(date +%N)" | cksum | cut -d' ' -f1)) % 6 )).txt
own() { git -c user.name=x -c user.email=x@y "$@"; }
case $draw in
  0) sleep 600 ;;
  1) exit 3 ;;
  2) echo 'BEGIN_CONTINUOUS_REFACTORING_STATUS'; echo 'decision: perhaps' ;;
  3) echo 'nothing to do' ;;
  4) echo BROKEN >> $file; echo done ;;
  5) echo 'validation-command = "true"' > piton.toml; echo done ;;
  6) echo more >> $file; git add -A; own commit -qm own; echo done ;;
  7) rm -f tests/test_f.py; echo done ;;
  8) sleep 300 & echo more >> $file; echo done ;;
  9) echo 'usage limit reached, try again in 1 second' >&2; exit 1 ;;
  10) kill -9 $$ ;;
  11) echo more >> $file; echo agent > "$TREE/.git/hooks/planted"; echo done ;;
  12) sed -i 's/assert .*/assert True/' tests/test_f.py; echo more >> $file; echo done ;;
  13) own checkout -q -b other; echo more >> $file; own commit -qam own; own reset -q --hard HEAD~1; echo done ;;
  *) echo more >> $file; echo done ;;
esac
"#;

/// The agent's description, which stands in the user's own file: a limit at
/// its provider is one, and is waited for.
const SETTINGS: &str = r#"
[run]
limit = "wait"
[agents.wild]
program = "sh"
arguments = ["AGENT"]
failures = [{ class = "limit-reached", texts = ["usage limit reached"] }]
"#;

fn number(name: &str, usual: u64) -> u64 {
    let set = std::env::var(name).ok().and_then(|text| text.parse().ok());
    set.unwrap_or(usual)
}

/// Numbers that a seed decides (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

fn place() -> TestEnv {
    let repo = ScratchRepo::new();
    for number in 0..6 {
        repo.write(&format!("src/f{number}.txt"), "fine\n");
    }
    repo.write("src/theirs.txt", "both change this\n\n\n\n\n\n\n\nfine\n");
    for number in 0..4 {
        repo.write(&format!("user/kept{number}.txt"), "the user's\n");
    }
    repo.write(
        "tests/test_f.py",
        "def test_f():\n    assert 1 + f() == 2\n",
    );
    repo.write(
        "check.sh",
        "test -f tests/test_f.py && ! grep -r BROKEN src\n",
    );
    let phases = [
        ("first", "it is there"),
        ("second", "the first is done"),
        ("third", "the second is done"),
    ];
    repo.write_migration(&manifest("tidy", &phases));
    repo.commit_all("a project");
    TestEnv::over(repo)
}

/// Goes on working beside piton: edits, stages, deletes, renames, commits.
/// Returns what the user's files are to hold in the end, and the lines that the
/// user put into files of the project.
fn user(root: &Path, seed: u64, stop: &AtomicBool) -> Users {
    let mut dice = Dice(seed ^ 0x5555);
    let mut files: BTreeMap<String, Option<String>> = (0..4)
        .map(|n| (format!("user/kept{n}.txt"), Some("the user's\n".to_owned())))
        .collect();
    let git = |args: &[&str]| {
        // Another git may hold the index; a user tries again.
        for _ in 0..200 {
            let done = Command::new("git")
                .args(args)
                .current_dir(root)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            if done.success() {
                return true;
            }
            piton_base::Stop::new().wait(Duration::from_millis(20));
        }
        false
    };
    let git_once = |args: &[&str]| {
        let mut command = Command::new("git");
        let command = command.args(args).current_dir(root);
        let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        done.unwrap().success()
    };
    let mut lines = Vec::new();
    let mut round = 0;
    while !stop.load(Ordering::SeqCst) {
        round += 1;
        let there: Vec<String> = files
            .iter()
            .filter(|(_, text)| text.is_some())
            .map(|(name, _)| name.clone())
            .collect();
        let at = usize::try_from(dice.below(there.len().max(1) as u64)).unwrap();
        match (dice.below(8), there.get(at)) {
            (0 | 1, Some(name)) => {
                let text = format!("{}round {round}\n", files[name].clone().unwrap());
                fs::write(root.join(name), &text).unwrap();
                files.insert(name.clone(), Some(text));
            }
            (2, Some(name)) => {
                git(&["add", name]);
            }
            (3, Some(name)) if there.len() > 2 => {
                fs::remove_file(root.join(name)).unwrap();
                files.insert(name.clone(), None);
            }
            (4, Some(name)) => {
                let to = format!("user/moved{round}.txt");
                fs::rename(root.join(name), root.join(&to)).unwrap();
                let text = files.insert(name.clone(), None).unwrap();
                files.insert(to, text);
            }
            (6, _) => {
                // Where agents work too: an editor writes beside and renames.
                let file = format!("src/f{}.txt", dice.below(6));
                let text = fs::read_to_string(root.join(&file)).unwrap();
                let beside = root.join("user/.saving");
                fs::write(&beside, format!("mine {round}\n{text}")).unwrap();
                fs::rename(&beside, root.join(&file)).unwrap();
                let message = format!("user {round} in {file}");
                assert!(git(&["commit", "-qm", &message, "--", &file]), "{file}");
                lines.push((file, format!("mine {round}\n")));
            }
            (7, Some(name)) => {
                let to = format!("user/renamed{round}.txt");
                // Only what git knows can be moved by it.
                if git_once(&["mv", name, &to]) {
                    let text = files.insert(name.clone(), None).unwrap();
                    files.insert(to, text);
                }
            }
            (5, _) => {
                git(&["add", "-A", "--", "user"]);
                git(&["commit", "-qm", &format!("user {round}"), "--", "user"]);
            }
            _ => {
                let name = format!("user/new{round}.txt");
                let text = format!("new {round}\n");
                fs::write(root.join(&name), &text).unwrap();
                files.insert(name, Some(text));
            }
        }
        piton_base::Stop::new().wait(Duration::from_millis(60 + dice.below(120)));
    }
    Users { files, lines }
}

/// What the user did.
struct Users {
    files: BTreeMap<String, Option<String>>,
    lines: Vec<(String, String)>,
}

fn chaos(jobs: &str, seed: u64) {
    let actions = number("PITON_CHAOS_ACTIONS", 12);
    let kills = number("PITON_CHAOS_KILLS", 4);
    let env = place();
    let agent = env.home.path().join("agent.sh");
    let tree = env.path().display().to_string();
    let text = AGENT.replace("$SEED", &seed.to_string());
    fs::write(&agent, text.replace("$TREE", &tree)).unwrap();
    let settings = env.home.path().join(".config/piton");
    fs::create_dir_all(&settings).unwrap();
    let described = SETTINGS.replace("AGENT", &agent.display().to_string());
    fs::write(settings.join("config.toml"), described).unwrap();
    let many = actions.to_string();
    let arguments = [
        "run",
        "--globs",
        "src/*.txt",
        "--max-refactors",
        &many,
        "--max-consecutive-failures",
        "1000",
        "--max-attempts",
        "2",
        "--jobs",
        jobs,
        "--with",
        "wild",
        "--idle-limit",
        "2s",
        "--validation-command",
        "sh check.sh",
    ];
    let stop = AtomicBool::new(false);
    let mut dice = Dice(seed);
    let users = std::thread::scope(|scope| {
        let user = scope.spawn(|| user(env.path(), seed, &stop));
        for _ in 0..kills {
            let mut child = env
                .command(&arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            piton_base::Stop::new().wait(Duration::from_millis(300 + dice.below(4_000)));
            let _ = child.kill();
            let _ = child.wait();
        }
        let ran = env.run(&arguments);
        assert!([0, 1, 3].contains(&ran.code), "{}", ran.shown());
        stop.store(true, Ordering::SeqCst);
        user.join().unwrap()
    });
    // Whatever waits lands, now that nobody is in the way.
    let focus = ["run", "--globs", "none/*", "--max-refactors", "1"];
    let last = [&focus[..], &arguments[11..]].concat();
    let mut told = String::new();
    for _ in 0..4 {
        told = env.run(&last).shown();
    }
    in_order(&env, &users, &told);
}

/// Requires that everything is as it should be.
fn in_order(env: &TestEnv, users: &Users, told: &str) {
    for (file, line) in &users.lines {
        let text = env.repo.read(file);
        assert!(text.contains(line), "{file} lost {line:?}:\n{text}");
    }
    let files = &users.files;
    let git = |args: &[&str]| env.repo.git(args);
    for (name, text) in files {
        let found = fs::read_to_string(env.path().join(name)).ok();
        assert_eq!(&found, text, "{name}");
    }
    let parents = git(&["log", "--format=%P"]);
    assert!(parents.lines().all(|line| !line.contains(' ')), "{parents}");
    let check = tempfile::tempdir().unwrap();
    // The scratch repository begins with an empty commit.
    let first = git(&["rev-list", "--max-parents=0", "HEAD"]);
    let made = format!("{}..HEAD", first.trim());
    for commit in git(&["rev-list", &made]).lines() {
        let tree = check.path().join(commit);
        fs::create_dir(&tree).unwrap();
        let work_tree = format!("--work-tree={}", tree.display());
        let index = check.path().join("index");
        let laid_out = Command::new("git")
            .args([&work_tree, "checkout", "-q", commit, "--", "."])
            .current_dir(env.path())
            .env("GIT_INDEX_FILE", &index)
            .status()
            .unwrap();
        assert!(laid_out.success());
        let green = Command::new("sh")
            .arg("check.sh")
            .current_dir(&tree)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(green.success(), "{commit} does not validate");
    }
    let subjects = git(&["log", "--reverse", "--format=%s"]);
    let landed = |subject: &&str| subject.starts_with("piton: ");
    assert!(subjects.lines().any(|it| landed(&it)), "{subjects}");
    let phases: Vec<&str> = subjects
        .lines()
        .filter(|subject| subject.contains("migration/tidy/phase-"))
        .collect();
    let mut sorted = phases.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(phases, sorted, "{subjects}");
    let doctor = env.run(&["migration", "doctor", "--all"]);
    assert_eq!(doctor.code, 0, "{}", doctor.shown());
    // What is not the user's is as committed.
    let status = git(&[
        "status",
        "--porcelain",
        "--",
        "src",
        "tests",
        "migrations",
        "check.sh",
    ]);
    assert_eq!(status, "");
    let unlanded = git(&["for-each-ref", "refs/piton/unlanded"]);
    assert_eq!(unlanded, "", "nothing is in its way:\n{told}");
    nothing_runs(env);
    no_slot_is_in_use(env);
    accounted_for(env);
}

/// Requires that nobody holds a slot.
fn no_slot_is_in_use(env: &TestEnv) {
    let mut waiting = vec![env.home.path().join(".cache/piton")];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            let is_lock = path.extension().is_some_and(|end| end == "lock");
            if is_lock && path.is_file() {
                let held = piton_durable::Lock::at(&path).is_held().unwrap();
                assert!(!held, "{} is held", path.display());
            } else if path.is_dir() && path.parent() == Some(&env.home.path().join(".cache/piton"))
            {
                waiting.push(path);
            }
        }
    }
}

/// Requires that no process is left that works for this place.
fn nothing_runs(env: &TestEnv) {
    let home = env.home.path().display().to_string();
    let began = Instant::now();
    loop {
        let left: Vec<String> = fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter_map(|entry| {
                let line = fs::read(entry.path().join("cmdline")).ok()?;
                let line = String::from_utf8_lossy(&line).replace('\0', " ");
                line.contains(&home).then_some(line)
            })
            .collect();
        if left.is_empty() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{left:?}");
        piton_base::Stop::new().wait(Duration::from_millis(50));
    }
}

/// Requires that the records say of each action what became of it, but for
/// those that a kill cut off.
fn accounted_for(env: &TestEnv) {
    let runs = env.path().join(".git/piton/runs");
    // Each commit of piton's names a run that there is a record of.
    let named = env
        .repo
        .git(&["log", "--format=%(trailers:key=Piton-Run,valueonly)"]);
    for run in named.lines().map(str::trim).filter(|run| !run.is_empty()) {
        assert!(runs.join(run).join("summary.json").exists(), "{run}");
    }
    for run in fs::read_dir(runs).unwrap().flatten() {
        let Ok(text) = fs::read_to_string(run.path().join("events.jsonl")) else {
            continue;
        };
        let events: Vec<Value> = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let named = |name: &str| events.iter().filter(|it| it["event"] == name).count();
        let (begun, ended) = (named("action_started"), named("action_finished"));
        if named("run_finished") == 1 {
            assert_eq!(begun, ended, "{}", run.path().display());
        } else {
            assert!(ended <= begun, "{}", run.path().display());
        }
    }
}

#[test]
fn one_action_at_a_time_stands_everything() {
    chaos("1", number("PITON_CHAOS_SEED", 7));
}

#[test]
fn several_actions_at_once_stand_everything() {
    chaos("3", number("PITON_CHAOS_SEED", 11));
}
