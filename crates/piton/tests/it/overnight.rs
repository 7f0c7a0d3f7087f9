//! Many actions at once, and what is left of them the next day.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::env::{Ran, TestEnv};
use crate::stage::with_targets;

/// As many files as targets, each a target of its own.
pub(crate) struct Yard {
    pub(crate) env: TestEnv,
    pub(crate) targets: String,
}

impl Yard {
    pub(crate) fn with(count: usize) -> Self {
        let (env, targets) = with_targets(count, "! grep -r BROKEN src\n");
        Self { env, targets }
    }

    /// Runs all targets with a shell as the agent.
    pub(crate) fn run(&self, jobs: &str, agent: &str, more: &[&str]) -> Ran {
        let file = self.env.home.path().join("agent.sh");
        fs::write(&file, agent).unwrap();
        let command = format!("sh {}", file.display());
        let mut all = vec!["run", "--targets", &self.targets, "--jobs", jobs];
        all.extend(["--with", "command", "--agent-command", &command]);
        all.extend(["--validation-command", "sh check.sh"]);
        all.extend(more);
        self.env.run(&all)
    }

    /// Returns the events of the only run.
    fn events(&self) -> Vec<Value> {
        let runs = self.env.path().join(".git/piton/runs");
        let run = fs::read_dir(runs)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.join("events.jsonl").exists())
            .unwrap();
        let text = fs::read_to_string(run.join("events.jsonl")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Returns what agents printed in their calls.
    fn printed(&self) -> Vec<String> {
        let runs = self.env.path().join(".git/piton/runs");
        let mut printed = Vec::new();
        let mut waiting = vec![runs];
        while let Some(dir) = waiting.pop() {
            for entry in fs::read_dir(dir).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    waiting.push(path);
                } else if path
                    .file_name()
                    .is_some_and(|name| name == "agent-last-message.md")
                {
                    printed.push(fs::read_to_string(path).unwrap());
                }
            }
        }
        printed
    }
}

/// Changes the file that it is asked about, and says where it worked.
pub(crate) const AGENT: &str = r#"
file=$(grep -o 'src/f[0-9]*\.txt' | head -n 1)
echo better >> "$file"
echo "worked in $PWD with $CARGO_HOME."
"#;

#[test]
fn thirteen_agents_at_once_give_thirteen_accounted_results() {
    let yard = Yard::with(13);
    let ran = yard.run("13", AGENT, &["--json"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    // What the run itself landed is nobody else's doing.
    assert!(!ran.stderr.contains("not you"), "{}", ran.shown());
    let shown = ran.json();
    let actions = shown["actions"].as_array().unwrap();
    let landed: BTreeSet<&str> = actions
        .iter()
        .filter(|action| action["outcome"] == "landed")
        .map(|action| action["commit"].as_str().unwrap())
        .collect();
    assert_eq!((actions.len(), landed.len()), (13, 13), "{shown}");
    for number in 1..=13 {
        let text = yard.env.repo.read(&format!("src/f{number}.txt"));
        assert_eq!(text, "fine\nbetter\n");
    }
    let parents = yard.env.repo.git(&["log", "--format=%P", "-13"]);
    assert!(parents.lines().all(|line| !line.contains(' ')), "{parents}");
    let events = yard.events();
    let named = |name: &str| events.iter().filter(|it| it["event"] == name).count();
    assert_eq!(named("action_started"), 13);
    assert_eq!(named("action_finished"), 13);
    assert_eq!(named("call_finished"), 13);
    // Each is proved when it was made and once more on top of the others, the
    // first one and the beginning once.
    let proofs = named("validation_finished");
    assert!((14..=26).contains(&proofs), "{proofs} validations");
    assert_eq!(yard.env.repo.status(), "");
    let held = yard.env.repo.git(&["for-each-ref", "refs/piton/unlanded"]);
    assert_eq!(held, "");
}

#[test]
fn two_jobs_that_make_the_same_new_file_both_land() {
    let yard = Yard::with(2);
    let agent = "file=$(grep -o 'src/f[0-9]*\\.txt' | head -n 1)\necho \"$file\" >> src/new.txt\necho done\n";
    let ran = yard.run("2", agent, &[]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let text = yard.env.repo.read("src/new.txt");
    let lines: BTreeSet<&str> = text.lines().collect();
    assert_eq!(lines, BTreeSet::from(["src/f1.txt", "src/f2.txt"]));
    let held = yard.env.repo.git(&["for-each-ref", "refs/piton/unlanded"]);
    assert_eq!(held, "", "{}", ran.shown());
}

#[test]
fn every_line_of_several_jobs_says_whose_it_is() {
    let yard = Yard::with(4);
    let ran = yard.run("2", AGENT, &["--show-agent-logs", "--events", "told.jsonl"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let lines: Vec<&str> = ran.stdout.lines().collect();
    for number in 1..=4 {
        let begun = format!("] clean-up f{number}");
        let begun = lines.iter().find(|line| line.ends_with(&begun)).unwrap();
        let name = format!("{} f{number}: ", begun.split(' ').next().unwrap());
        for said in ["asks command for refactor", "validates ", "landed "] {
            let whole = format!("{name}{said}");
            let found = lines.iter().any(|line| line.starts_with(&whole));
            assert!(found, "{whole}: {}", ran.shown());
        }
        let printed = format!("{name}worked in ");
        assert!(ran.stderr.contains(&printed), "{}", ran.shown());
    }
    let told = fs::read_to_string(yard.env.path().join("told.jsonl")).unwrap();
    for line in told.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let name = event["event"].as_str().unwrap();
        if name.starts_with("action_") || name.starts_with("call_") {
            let job = event["job"].as_u64().unwrap();
            assert!((1..=2).contains(&job), "{line}");
        }
    }
    // A job alone needs no name.
    let ran = yard.run("1", AGENT, &["--max-refactors", "1"]);
    assert!(!ran.stdout.contains("[1]"), "{}", ran.shown());
}

#[test]
fn a_job_has_slots_and_tool_caches_of_its_own_from_action_to_action() {
    let yard = Yard::with(6);
    let ran = yard.run("2", AGENT, &[]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let printed = yard.printed();
    let worked: Vec<&str> = printed
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.strip_prefix("worked in "))
        .collect();
    assert_eq!(worked.len(), 6, "{printed:?}");
    for line in worked {
        let (slot, cache) = line.trim_end_matches('.').split_once(" with ").unwrap();
        let number = slot.rsplit('/').next().unwrap();
        assert!(["1", "2"].contains(&number), "{line}");
        // Where nothing is sealed the caches are the user's.
        if !cache.is_empty() {
            assert!(
                cache.ends_with(&format!(".caches/{number}/cargo")),
                "{line}"
            );
        }
    }
}

#[test]
fn slots_are_pruned_like_records_and_status_says_what_they_take() {
    let yard = Yard::with(2);
    let env = &yard.env;
    let ran = yard.run("2", AGENT, &[]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let status = env.ok(&["status", "--json"]).json();
    for part in ["records", "journals", "slots"] {
        assert!(status["disk"][part].as_u64().unwrap() > 0, "{status}");
    }
    let status = env.ok(&["status"]);
    assert!(status.stdout.contains("on the disk: "), "{}", status.stdout);
    let asked = ["runs", "prune", "--keep", "1", "--dry-run", "--json"];
    let planned = |env: &TestEnv| {
        let order = env.ok(&asked).json()["order"].to_string();
        order.matches("slots:delete:").count()
    };
    assert_eq!(planned(env), 1);
    let cache = env.home.path().join(".cache/piton");
    let home = fs::read_dir(&cache)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("1.lock").exists())
        .unwrap();
    // What is in use neither goes nor counts.
    let holder = piton_durable::Holder {
        pid: std::process::id(),
        host: "here".to_owned(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "a test".to_owned(),
    };
    let guard = piton_durable::Lock::at(home.join("proof-1.lock"))
        .acquire(&holder, std::time::Duration::ZERO)
        .unwrap();
    assert_eq!(planned(env), 0);
    let _ = env.ok(&["runs", "prune", "--keep", "0", "-y"]);
    assert!(home.join("1").exists() && !home.join("2").exists());
    drop(guard);
    // At the end of a run the same is done without being asked.
    env.repo.write("piton.toml", "[runs]\nkeep = 0\n");
    env.repo.commit_all("keep nothing");
    let ran = yard.run("1", AGENT, &["--max-refactors", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(!home.join("1").exists());
    assert_eq!(env.repo.git(&["for-each-ref", "refs/piton"]), "");
}

#[test]
fn the_record_of_work_that_has_not_landed_is_kept() {
    let yard = Yard::with(1);
    let env = &yard.env;
    // The user edits what the agent changes, and the work waits.
    env.repo.write("src/f1.txt", "being edited\n");
    let ran = yard.run("1", AGENT, &[]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let _ = env.ok(&["runs", "prune", "--keep", "0", "-y"]);
    assert!(
        !env.repo
            .git(&["for-each-ref", "refs/piton/unlanded"])
            .is_empty()
    );
    let listed = env.ok(&["runs", "list", "--json"]).json();
    assert_eq!(listed["runs"].as_array().unwrap().len(), 1, "{listed}");
    env.repo.git(&["restore", "src/f1.txt"]);
    let ran = yard.run("1", "exit 1", &["--max-consecutive-failures", "1"]);
    assert!(ran.stdout.contains("landed"), "{}", ran.shown());
    assert_eq!(env.repo.read("src/f1.txt"), "fine\nbetter\n");
    let _ = env.ok(&["runs", "prune", "--keep", "0", "-y"]);
    let listed = env.ok(&["runs", "list", "--json"]).json();
    assert_eq!(listed["runs"].as_array().unwrap().len(), 0, "{listed}");
}

#[test]
fn a_notice_that_cannot_be_given_is_a_warning_once_a_cause_and_ends_no_run() {
    for (command, why) in [
        ("false", "it ended with exit code 1"),
        ("/nowhere/to/be/found", "the program was not found"),
    ] {
        let yard = Yard::with(3);
        let before = yard.env.repo.subjects().len();
        let ran = yard.run("1", AGENT, &["--notify", command]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let landed = yard.env.repo.subjects().len() - before;
        assert_eq!(landed, 3, "{}", ran.shown());
        let told = ran.stderr.matches("`notify` failed").count();
        assert_eq!(
            (told, ran.stderr.contains(why)),
            (1, true),
            "{}",
            ran.shown()
        );
    }
}
