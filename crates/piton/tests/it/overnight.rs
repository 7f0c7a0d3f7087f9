//! Many actions at once, and what is left of them the next day.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::env::{Ran, TestEnv};
use crate::stage::with_targets;

/// As many files as targets, each a target of its own.
struct Yard {
    env: TestEnv,
    targets: String,
}

impl Yard {
    fn with(count: usize) -> Self {
        let (env, targets) = with_targets(count, "! grep -r BROKEN src\n");
        Self { env, targets }
    }

    /// Runs all targets with a shell as the agent.
    fn run(&self, jobs: &str, agent: &str, more: &[&str]) -> Ran {
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
const AGENT: &str = r#"
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

/// Describes a shell script as an agent in the user's own settings: what
/// stands before the agent's table, and what stands in it.
fn describe(env: &TestEnv, script: &str, before: &str, inside: &str) {
    let file = env.home.path().join("described.sh");
    fs::write(&file, script).unwrap();
    let dir = env.home.path().join(".config/piton");
    fs::create_dir_all(&dir).unwrap();
    let text = format!(
        "{before}\n[agents.own]\nprogram = \"sh\"\narguments = [\"{}\"]\n{inside}\n",
        file.display()
    );
    fs::write(dir.join("config.toml"), text).unwrap();
}

fn own(yard: &Yard, more: &[&str]) -> Ran {
    let mut all = vec!["run", "--targets", &yard.targets, "--with", "own"];
    all.extend(["--validation-command", "sh check.sh", "--json"]);
    all.extend(more);
    yard.env.run(&all)
}

/// An agent that tells what it costs: sixty cents, and a hundred tokens.
const DEAR: &str = r#"
file=$(grep -o 'src/f[0-9]*\.txt' | head -n 1)
echo better >> "$file"
printf '{"type":"result","subtype":"success","is_error":false,"result":"done","session_id":"s","total_cost_usd":0.6,"modelUsage":{"m":{"inputTokens":90,"outputTokens":10}}}\n'
"#;

#[test]
fn what_a_run_and_a_day_may_cost_is_kept_by_the_records() {
    let yard = Yard::with(4);
    let (day, stream) = (
        "run.max-cost-per-day = 1.5",
        "stream = \"claude-stream-json\"",
    );
    describe(&yard.env, DEAR, day, stream);
    // Two actions are more than a dollar, and one is not.
    let ran = own(&yard, &["--max-cost", "1"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let shown = ran.json();
    assert_eq!(shown["commits"], 2, "{shown}");
    assert_eq!(shown["actions"][0]["cost_usd"], 0.6, "{shown}");
    assert_eq!(shown["ending"], "the money for this run is used up");
    // The day has thirty cents left: one more action begins, and no other.
    let ran = own(&yard, &[]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let shown = ran.json();
    assert_eq!(shown["commits"], 1, "{shown}");
    assert_eq!(shown["ending"], "the money for this day is used up");
    // What is kept no longer still counts.
    let _ = yard.env.ok(&["runs", "prune", "--keep", "0", "-y"]);
    let ran = own(&yard, &[]);
    assert_eq!((ran.code, &ran.json()["commits"]), (7, &0.into()));
    let ran = own(&yard, &["--max-tokens", "50"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    // Who does not tell what it costs is refused before anything is done.
    describe(&yard.env, DEAR, day, "");
    let ran = own(&yard, &[]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(
        ran.stdout.contains("run.max-cost-per-day"),
        "{}",
        ran.shown()
    );
}

/// Tells its cost while it goes on, a message at a time.
const TALKATIVE: &str = r#"
file=$(grep -o 'src/f[0-9]*\.txt' | head -n 1)
printf '{"type":"assistant","message":{"id":"m1","model":"m","content":[{"type":"text","text":"looking"}],"usage":{"input_tokens":500,"output_tokens":100}}}\n'
echo better >> "$file"
printf '{"type":"result","subtype":"success","is_error":false,"result":"done","session_id":"s","total_cost_usd":0.6,"modelUsage":{"m":{"inputTokens":500,"outputTokens":100}}}\n'
"#;

#[test]
fn a_call_that_uses_up_the_tokens_of_a_run_lands_and_is_the_last_one() {
    let yard = Yard::with(3);
    describe(&yard.env, TALKATIVE, "", "stream = \"claude-stream-json\"");
    let ran = own(&yard, &["--max-tokens", "550"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let told = "the tokens for this run are used up";
    assert!(ran.stderr.contains(told), "told at once: {}", ran.shown());
    let shown = ran.json();
    assert_eq!(
        (&shown["commits"], &shown["ending"]),
        (&1.into(), &told.into())
    );
}

#[test]
fn a_call_is_ended_when_the_time_of_the_run_is_over() {
    let yard = Yard::with(2);
    describe(
        &yard.env,
        "echo better >> src/f1.txt\nexec sleep 600\n",
        "",
        "",
    );
    let ran = own(&yard, &["--max-duration", "1s"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let shown = ran.json();
    assert_eq!(shown["ending"], "the time for this run is used up");
    assert_eq!(shown["actions"][0]["outcome"], "stopped", "{shown}");
    assert!(shown["actions"][0]["failure_kind"].is_null(), "{shown}");
    assert_eq!(yard.env.repo.status(), "");
}

#[test]
fn a_limit_at_the_provider_is_waited_for_and_is_no_failed_attempt() {
    let yard = Yard::with(1);
    // The first call is told to come back; the mark of it lies in the slot's
    // ignored files, which stay.
    let script = r#"
file=$(grep -o 'src/f[0-9]*\.txt' | head -n 1)
if [ ! -e target/asked ]; then
  mkdir -p target; touch target/asked
  echo 'usage limit reached, try again in 1 second' >&2; exit 1
fi
echo better >> "$file"
echo done
"#;
    yard.env.repo.write(".gitignore", "target\n");
    yard.env.repo.commit_all("ignore what is built");
    let told = yard.env.home.path().join("told.jsonl");
    let settings = format!(
        "notify = \"sh -c 'cat >> {}'\"\nrun.limit = \"wait\"",
        told.display()
    );
    let failures = "failures = [{ class = \"limit-reached\", texts = [\"usage limit\"] }]";
    describe(&yard.env, script, &settings, failures);
    let ran = own(&yard, &["--max-consecutive-failures", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let shown = ran.json();
    let outcomes: Vec<&str> = shown["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["out-of-quota", "landed"], "{shown}");
    let told = fs::read_to_string(told).unwrap();
    assert_eq!(told.matches("\"limit-reached\"").count(), 1, "{told}");
    assert_eq!(told.matches("\"run-over\"").count(), 1, "{told}");
}

/// Meets a limit without a time.
const USED_UP: &str = "echo 'usage limit reached' >&2; exit 1\n";
const LIMIT: &str = "failures = [{ class = \"limit-reached\", texts = [\"usage limit\"] }]";

#[test]
fn many_at_once_that_meet_a_limit_tell_it_once_and_none_has_failed() {
    let yard = Yard::with(4);
    let told = yard.env.home.path().join("told.jsonl");
    let settings = format!("notify = \"sh -c 'cat >> {}'\"", told.display());
    describe(&yard.env, USED_UP, &settings, LIMIT);
    let ran = own(&yard, &["--jobs", "4"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let shown = ran.json();
    assert_eq!(shown["status"], "limit_reached", "{shown}");
    for action in shown["actions"].as_array().unwrap() {
        assert_eq!(action["outcome"], "out-of-quota", "{shown}");
    }
    let told = fs::read_to_string(told).unwrap();
    assert_eq!(told.matches("\"limit-reached\"").count(), 1, "{told}");
    assert_eq!(told.matches("\"run-over\"").count(), 1, "{told}");
}

#[test]
fn a_notice_that_cannot_be_given_is_a_warning_once_a_cause_and_ends_no_run() {
    for (command, why) in [
        ("false", "it ended with exit code 1"),
        ("/nowhere/to/be/found", "there is no such program"),
    ] {
        let yard = Yard::with(3);
        let before = yard.env.repo.subjects().len();
        let ran = yard.run("1", AGENT, &["--notify", command]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let landed = yard.env.repo.subjects().len() - before;
        assert_eq!(landed, 3, "{}", ran.shown());
        let told = ran.stderr.matches("could not tell it").count();
        assert_eq!(
            (told, ran.stderr.contains(why)),
            (1, true),
            "{}",
            ran.shown()
        );
    }
}

#[test]
fn a_limit_that_is_known_is_told_with_what_to_do_and_a_misread_one_is_not_believed() {
    let yard = Yard::with(1);
    describe(&yard.env, AGENT, "", LIMIT);
    let file = yard.env.path().join(".git/piton/provider.json");
    let note = |days: i64| {
        let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let note = format!("{{\"version\": 1, \"agent\": \"own\", \"until\": \"{until}\"}}");
        fs::write(&file, note).unwrap();
    };
    note(3);
    let ran = own(&yard, &[]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert_eq!(ran.json()["commits"], 0);
    assert!(ran.stderr.contains("provider.json"), "{}", ran.shown());
    note(4000);
    let ran = own(&yard, &[]);
    assert_eq!(
        (ran.code, &ran.json()["commits"]),
        (0, &1.into()),
        "{}",
        ran.shown()
    );
}
