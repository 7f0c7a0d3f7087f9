//! What a run may cost and how long it may last, with many actions at once.

use std::fs;

use crate::env::{Ran, TestEnv};
use crate::overnight::{AGENT, Yard};

/// Describes a shell script as an agent in the user's own settings: what
/// stands before the agent's table, and what stands in it.
pub(crate) fn describe(env: &TestEnv, script: &str, before: &str, inside: &str) {
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

pub(crate) fn own(yard: &Yard, more: &[&str]) -> Ran {
    let mut all = vec!["run", "--targets", &yard.targets, "--with", "own"];
    all.extend(["--validation-command", "sh check.sh", "--json"]);
    all.extend(more);
    yard.env.run(&all)
}

/// An agent that tells what it costs: sixty cents, and a hundred tokens.
pub(crate) const DEAR: &str = r#"
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
