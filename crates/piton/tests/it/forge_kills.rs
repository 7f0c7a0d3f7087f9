//! Commands that talk to GitHub, killed at the calls that write and at each
//! request: the same command again leads where an undisturbed one does.
//!
//! The self-test cannot have these, for it has no GitHub. A share of the points
//! is tried; `PITON_KILL_EVERY=1` tries all of them.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use piton_selftest::trace::{End, SUPPORTED, Verdict, Watch, trace};
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind, World};
use serde_json::Value;

use crate::env::{Ran, TestEnv};

mod plans;
mod traffic;

const LIMIT: Duration = Duration::from_secs(60);
/// How many points lie between two that are tried.
const EVERY: usize = 17;

/// A repository, and the GitHub that it is on.
struct Ground {
    env: TestEnv,
    fake: FakeGitHub,
    reach: fn(&FakeGitHub, Command) -> Command,
}

/// One command, and what comes before it.
struct Case {
    arrange: fn() -> Ground,
    args: fn(&Ground) -> Vec<String>,
    /// What the same command says where everything was done before.
    done: Option<&'static str>,
}

impl Ground {
    fn command(&self, args: &[String]) -> Command {
        (self.reach)(&self.fake, self.env.command(args))
    }

    fn run(&self, args: &[String]) -> Ran {
        self.env.finish(self.command(args).output().unwrap())
    }

    /// Everything that a command is for, without times and names that differ.
    fn world(&self) -> String {
        let name = self.env.path().file_name().unwrap().to_str().unwrap();
        let mut lines = vec![self.fake.world(|world| forge(world, name))];
        files(self.env.path(), self.env.path(), &mut lines);
        lines.push(self.env.repo.subjects().join("\n"));
        lines.push(self.env.repo.git(&["for-each-ref", "--format=%(refname)"]));
        lines.push(self.env.repo.status());
        plain(&lines.join("\n").replace(name, "REPO")) + &self.fake.world(counted)
    }

    /// What must never be left.
    fn left(&self) -> Vec<String> {
        let git = self.env.path().join(".git");
        let mut found = Vec::new();
        every_file(&git, &mut |path| {
            let name = path.strip_prefix(&git).unwrap().display().to_string();
            let of_piton = name.starts_with("piton/");
            let ends = |with: &str| path.extension().is_some_and(|end| end == with);
            let lock = !of_piton && ends("lock");
            let waits = name.starts_with("piton/outbox/") && ends("json");
            if lock || waits || name.starts_with("piton/transactions/") {
                found.push(name);
            }
        });
        every_file(self.env.path(), &mut |path| {
            let name = path.display().to_string();
            if name.contains("piton-tmp") && !path.starts_with(&git) {
                found.push(name);
            }
        });
        found
    }
}

fn forge(world: &World, repository: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (name, repo) in &world.repos {
        let _ = writeln!(text, "{name}: {} runs", repo.runs.len());
        for (number, issue) in &repo.issues {
            let pull = issue.pull.as_ref();
            let pull = pull.map(|it| format!("{} {} {} {}", it.head, it.base, it.draft, it.merged));
            let _ = writeln!(
                text,
                "{} open: {} labels: {:?} pull: {pull:?}\n{}",
                issue.title, issue.open, issue.labels, issue.body
            );
            let of_it = repo.comments.values().filter(|it| it.issue == *number);
            let mut comments: Vec<String> = of_it
                .map(|it| plain(&it.body.replace(repository, "REPO")))
                .collect();
            // Whoever reports the same once more has one more entry in a log.
            for comment in &mut comments {
                let kept = comment.lines().filter(|line| !line.starts_with("{\"k\":"));
                *comment = kept.collect::<Vec<_>>().join("\n");
            }
            comments.sort();
            let _ = writeln!(text, "{}", comments.join("\n~\n"));
        }
        let _ = writeln!(
            text,
            "{:?} {:?} {:?} {:?} {:?}",
            repo.workflows
                .values()
                .map(|it| &it.state)
                .collect::<Vec<_>>(),
            repo.refs.keys(),
            repo.variables,
            repo.secrets.keys(),
            repo.labels.keys()
        );
    }
    let gists = world.gists.values();
    let mut gists: Vec<String> = gists
        .map(|gist| format!("{} {} {:?}", gist.description, gist.public, gist.files))
        .collect();
    gists.sort();
    text + &gists.join("\n")
}

/// What was counted, to the number: nothing of it may count twice.
fn counted(world: &mut World) -> String {
    let states = world.gists.values().filter_map(|gist| {
        let state: Value = serde_json::from_str(gist.files.get("state.json")?).ok()?;
        let rows = state["dailyHistory"].as_array().map(Vec::len);
        let total = |name: &str| state[name].clone();
        Some(format!(
            "{rows:?} days, {} clones, {} views\n",
            total("totalClones"),
            total("totalViews")
        ))
    });
    states.collect()
}

/// Puts a sign in place of every word with a digit: times, ids, numbers.
fn plain(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.:+".contains(c);
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if is_word(c) {
            word.push(c);
            continue;
        }
        let differs = word.chars().any(|c| c.is_ascii_digit());
        out.push_str(if differs { "#" } else { &word });
        word.clear();
        out.push(c);
    }
    out
}

fn every_file(dir: &Path, look: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            every_file(&path, look);
        } else {
            look(&path);
        }
    }
}

fn files(top: &Path, dir: &Path, lines: &mut Vec<String>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.ends_with(".git") {
            continue;
        }
        if path.is_dir() {
            files(top, &path, lines);
        } else {
            let name = path.strip_prefix(top).unwrap().display().to_string();
            lines.push(format!(
                "{name}:\n{}",
                String::from_utf8_lossy(&fs::read(&path).unwrap())
            ));
        }
    }
}

/// Kills it at its `n`th call that writes. Returns whether there is one.
fn killed_at_write(ground: &Ground, args: &[String], n: u64) -> bool {
    let root = ground.env.path().canonicalize().unwrap();
    let mut command = ground.command(args);
    let said = fs::File::create(ground.env.home.path().join("said")).unwrap();
    command.stdout(said.try_clone().unwrap()).stderr(said);
    let traced = trace(&mut command, &root, Watch::Writes, LIMIT, &mut |point| {
        if point.number == n {
            Verdict::Kill
        } else {
            Verdict::Go
        }
    });
    traced.unwrap().end == End::Killed
}

/// Kills it when its `n`th request has come: GitHub does what it asks for, and
/// nobody hears of it. Returns whether there is one.
fn killed_at_request(ground: &Ground, args: &[String], n: u32) -> bool {
    let child = Arc::new(Mutex::new(None::<u32>));
    let victim = Arc::clone(&child);
    let kill = move |_: &mut _| loop {
        let group = *victim.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = group {
            let group = format!("-{group}");
            let _ = Command::new("kill").args(["-9", "--", &group]).status();
            return;
        }
        std::thread::yield_now();
    };
    let fault = Fault::new("", "", FaultKind::Before(Box::new(kill))).skip(n);
    ground.fake.fault(fault);
    let said = fs::File::create(ground.env.home.path().join("said")).unwrap();
    let mut running = ground
        .command(args)
        .process_group(0)
        .stdout(said.try_clone().unwrap())
        .stderr(said)
        .spawn()
        .unwrap();
    *child.lock().unwrap_or_else(PoisonError::into_inner) = Some(running.id());
    let ended = running.wait().unwrap();
    ground.fake.clear_faults();
    ended.code().is_none()
}

/// Tries the command undisturbed, and then killed at a share of its points.
#[expect(clippy::print_stdout, reason = "how much was tried is a test's word")]
fn tried(case: &Case) {
    if !SUPPORTED {
        return;
    }
    let every = std::env::var("PITON_KILL_EVERY").ok();
    let every = every.and_then(|it| it.parse().ok()).unwrap_or(EVERY);
    let ground = (case.arrange)();
    let args = (case.args)(&ground);
    drop(ground.fake.take_log());
    let ran = ground.run(&args);
    assert_eq!(ran.code, 0, "piton {args:?}\n{}", ran.shown());
    let wanted = ground.world();
    let requests = ground.fake.take_log();
    assert_eq!(ground.left(), [""; 0], "undisturbed");
    let mut bad = Vec::new();
    let mut points = 0;
    let mut look = |ground: &Ground, args: &[String], at: &str| {
        points += 1;
        let said = fs::read_to_string(ground.env.home.path().join("said")).unwrap();
        let again = ground.run(args);
        let is_done = case.done.is_some_and(|done| again.shown().contains(done));
        let mut why = Vec::new();
        if again.code != 0 && !is_done {
            why.push(format!("the same command again: {}", again.shown()));
        }
        let world = ground.world();
        if world != wanted {
            let diff = similar::TextDiff::from_lines(&wanted, &world);
            why.push(diff.unified_diff().context_radius(1).to_string());
        }
        why.extend(
            ground
                .left()
                .into_iter()
                .map(|left| format!("left: {left}")),
        );
        if !why.is_empty() {
            bad.push(format!(
                "killed at {at}, having said {said:?}: {}",
                why.join("; ")
            ));
        }
    };
    for (n, request) in requests.iter().enumerate() {
        // What only reads is like what comes before it.
        if request.starts_with("GET ") && n % every != 0 {
            continue;
        }
        let ground = (case.arrange)();
        let args = (case.args)(&ground);
        drop(ground.fake.take_log());
        if killed_at_request(&ground, &args, u32::try_from(n).unwrap()) {
            look(&ground, &args, &format!("request {n} ({request})"));
        }
    }
    let mut point = 1 + every / 2;
    loop {
        let ground = (case.arrange)();
        let args = (case.args)(&ground);
        if !killed_at_write(&ground, &args, u64::try_from(point).unwrap()) {
            break;
        }
        look(&ground, &args, &format!("write {point}"));
        point += every;
    }
    assert!(point > every, "it writes nothing");
    println!("piton {args:?}: {points} points, {} bad", bad.len());
    assert!(bad.is_empty(), "{} bad:\n{}", bad.len(), bad.join("\n\n"));
}

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|&word| word.to_owned()).collect()
}
