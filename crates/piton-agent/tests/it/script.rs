//! The agent that plays a script.

use std::sync::Arc;

use piton_agent::{
    Agent, AgentCall, AgentError, CallFiles, CallRecord, CallRole, Outcome, Quiet, Script,
    ScriptAgent,
};
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;

use crate::fixture::Fixture;

fn agent(script: &str) -> ScriptAgent {
    ScriptAgent::new(
        script.parse().unwrap(),
        Arc::new(RealDisk),
        Arc::new(SystemClock::default()),
    )
}

fn call(
    fixture: &Fixture,
    agent: &ScriptAgent,
    call: &AgentCall,
) -> Result<CallRecord, AgentError> {
    let number = std::fs::read_dir(fixture.path("call")).unwrap().count();
    let directory = fixture.path(&format!("call/{number}"));
    std::fs::create_dir(&directory).unwrap();
    agent.call(
        call,
        &CallFiles::in_directory(directory),
        &Stop::default(),
        &Quiet,
    )
}

fn reply(fixture: &Fixture, agent: &ScriptAgent, role: CallRole, prompt: &str) -> String {
    let record = call(
        fixture,
        agent,
        &AgentCall {
            role,
            ..fixture.asked(prompt)
        },
    )
    .unwrap();
    record
        .result
        .reply()
        .map_or_else(|| record.result.to_string(), |reply| reply.text.clone())
}

#[test]
fn steps_that_fit_are_played_in_order_and_the_last_one_again() {
    let fixture = Fixture::new();
    let agent = agent(
        r#"
        [[step]]
        role = "phase.execute"
        prompt-contains = "phase-2"
        reply = "second phase"
        [[step]]
        role = "phase.execute"
        reply = "red"
        [[step]]
        role = "phase.execute"
        reply = "green"
        "#,
    );
    let mut replies = Vec::new();
    for prompt in ["phase-1", "phase-2", "phase-1", "phase-1"] {
        replies.push(reply(&fixture, &agent, CallRole::PhaseExecute, prompt));
    }
    assert_eq!(replies, ["red", "second phase", "green", "green"]);
    let other = reply(&fixture, &agent, CallRole::Classify, "");
    assert_eq!(
        other,
        "the call was not accepted: the script has no step for classify"
    );
}

#[test]
fn edits_are_made_below_the_workspace_or_the_worktree() {
    let fixture = Fixture::new();
    std::fs::write(fixture.path("tree/old.txt"), "old\n").unwrap();
    let agent = agent(
        r#"
        [[step]]
        reply = "Done."
        [[step.edit]]
        path = "approaches/one.md"
        write = "First.\n"
        [[step.edit]]
        base = "cwd"
        path = "old.txt"
        append = "new\n"
        [[step.edit]]
        base = "cwd"
        path = "src/gone.rs"
        remove = true
        "#,
    );
    std::fs::create_dir(fixture.path("tree/src")).unwrap();
    std::fs::write(fixture.path("tree/src/gone.rs"), "").unwrap();
    let record = call(&fixture, &agent, &fixture.asked("x")).unwrap();
    assert_eq!(record.result.reply().unwrap().text, "Done.");
    assert_eq!(fixture.read("tree/workspace/approaches/one.md"), "First.\n");
    assert_eq!(fixture.read("tree/old.txt"), "old\nnew\n");
    assert!(!fixture.path("tree/src/gone.rs").exists());
}

#[test]
fn no_edit_leaves_its_directory() {
    for path in ["../x", "/etc/x", "a/../../x", ""] {
        let text =
            format!("[[step]]\nreply = \"r\"\n[[step.edit]]\npath = \"{path}\"\nwrite = \"x\"\n");
        let error = text.parse::<Script>().unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("must be relative and without"), "{cause}");
    }
    let fixture = Fixture::new();
    let outside = fixture.path("outside");
    std::fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, fixture.path("tree/workspace/way-out")).unwrap();
    let agent =
        agent("[[step]]\nreply = \"r\"\n[[step.edit]]\npath = \"way-out/x\"\nwrite = \"x\"\n");
    let error = call(&fixture, &agent, &fixture.asked("x")).unwrap_err();
    assert!(matches!(error, AgentError::Script { .. }), "{error}");
    assert!(!outside.join("x").exists());
}

#[test]
fn a_script_can_fail_in_the_ways_that_agents_fail() {
    let fixture = Fixture::new();
    let agent = agent(
        r#"
        [[step]]
        failure = "limit-reached"
        reply = "weekly limit"
        until = "2030-01-01T00:00:00Z"
        [[step]]
        reply = ""
        "#,
    );
    let limit = call(&fixture, &agent, &fixture.asked("x")).unwrap().result;
    assert!(
        matches!(limit, Outcome::LimitReached { until: Some(_), .. }),
        "{limit}"
    );
    assert_eq!(
        call(&fixture, &agent, &fixture.asked("x"))
            .unwrap()
            .result
            .name(),
        "no-output"
    );
}

#[test]
fn the_next_run_carries_on_where_the_script_stood() {
    let fixture = Fixture::new();
    let text = "[[step]]\nreply = \"one\"\n[[step]]\nreply = \"two\"\n";
    for expected in ["one", "two", "two"] {
        let agent = agent(text).with_progress(fixture.path("progress.json"));
        assert_eq!(reply(&fixture, &agent, CallRole::Classify, ""), expected);
    }
    let changed =
        agent("[[step]]\nreply = \"other\"\n").with_progress(fixture.path("progress.json"));
    assert_eq!(reply(&fixture, &changed, CallRole::Classify, ""), "other");
}

#[test]
fn a_script_file_with_a_mistake_names_it() {
    let fixture = Fixture::new();
    std::fs::write(fixture.path("script.toml"), "[[step]]\nrole = \"plan\"\n").unwrap();
    let error = ScriptAgent::open(
        &fixture.path("script.toml"),
        Arc::new(RealDisk),
        Arc::new(SystemClock::default()),
    )
    .unwrap_err();
    let mut chain = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    assert!(
        chain.contains("script.toml") && chain.contains("planning.approaches"),
        "{chain}"
    );
}
