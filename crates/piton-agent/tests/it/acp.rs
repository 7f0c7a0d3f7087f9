//! Agents that are talked with, in the Agent Client Protocol.

use std::time::Duration;

use piton_agent::dialect::StreamKind;
use piton_agent::{AgentCall, CallRecord, Limits, Outcome};

use crate::fixture::{Fixture, impatient, quick};

/// Calls the small agent as if it were the one of this name.
fn call_as(name: &str, does: &[&str]) -> CallRecord {
    let known = piton_agent::adapter::resolve(name, None).unwrap();
    let fixture = Fixture::new();
    call_spec(&fixture, does, quick(), |spec| {
        spec.failures = known.failures;
        spec.reply_errors = known.reply_errors;
    })
}

fn call_with(fixture: &Fixture, does: &[&str], limits: Limits) -> CallRecord {
    call_spec(fixture, does, limits, |_| {})
}

fn call_spec(
    fixture: &Fixture,
    does: &[&str],
    limits: Limits,
    change: impl FnOnce(&mut piton_agent::AdapterSpec),
) -> CallRecord {
    piton_testkit::fake_acp_agent(fixture.dir.path()).unwrap();
    let mut spec = fixture.spec("command", does);
    spec.program = fixture
        .path("fake-acp-agent")
        .to_string_lossy()
        .into_owned();
    spec.stream = StreamKind::Acp;
    change(&mut spec);
    let call = AgentCall {
        limits,
        ..fixture.asked("Do it, \"all\" of\nit.")
    };
    fixture.answer(&fixture.agent_of("fake", spec), &call)
}

fn call(fixture: &Fixture, does: &[&str]) -> CallRecord {
    call_with(fixture, does, quick())
}

#[test]
fn a_conversation_comes_to_a_reply() {
    let fixture = Fixture::new();
    let record = call(&fixture, &["say:I look", "tool:reading", "say:Done"]);
    assert_eq!(record.result.reply().unwrap().text, "Done.");
    assert_eq!(record.session.as_deref(), Some("s1"));
    assert_eq!(record.answered_by.as_deref(), Some("fake-1"));
    let usage = record.usage.unwrap();
    assert_eq!(
        (
            usage.input_tokens,
            usage.cached_input_tokens,
            usage.output_tokens
        ),
        (12, 3, 5)
    );
}

#[test]
fn what_an_agent_asks_for_in_its_slot_is_allowed() {
    let fixture = Fixture::new();
    let inside = fixture.path("tree/a.txt").display().to_string();
    let record = call(
        &fixture,
        &[
            &format!("edit:{inside}=A"),
            "edit:b.txt=B",
            "run:echo C > c.txt",
            "later:d.txt=D",
            "say:Done",
        ],
    );
    assert!(record.warnings.is_empty(), "{:?}", record.warnings);
    for (name, text) in [("a", "A\n"), ("b", "B\n"), ("c", "C\n"), ("d", "D\n")] {
        assert_eq!(fixture.read(&format!("tree/{name}.txt")), text);
    }
}

#[test]
fn what_an_agent_asks_for_outside_its_slot_is_refused_and_told() {
    let fixture = Fixture::new();
    let outside = fixture.path("outside.txt").display().to_string();
    let record = call(
        &fixture,
        &[&format!("edit:{outside}=A"), "edit:../up.txt=B", "say:Done"],
    );
    assert!(!fixture.path("outside.txt").exists() && !fixture.path("up.txt").exists());
    assert_eq!(record.result.reply().unwrap().text, "Done.");
    let told = record.warnings.join("\n");
    assert!(
        told.contains(&format!("write {outside}")) && told.contains("write ../up.txt"),
        "{told}"
    );
}

#[test]
fn no_way_of_saying_it_leads_out_of_the_slot() {
    let fixture = Fixture::new();
    let outside = fixture.path("outside").display().to_string();
    std::fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, fixture.path("tree/link")).unwrap();
    std::os::unix::fs::symlink(fixture.path("outside/e"), fixture.path("tree/file")).unwrap();
    let tree = fixture.path("tree").display().to_string();
    let record = call(
        &fixture,
        &[
            &format!("edit:{tree}/../outside/a=A"),
            "edit:link/b=B",
            "edit:link/../c=C",
            "edit:workspace/../../outside/d=D",
            "edit:file=E",
            &format!("later:{outside}/f=F"),
            &format!("blind:{outside}/g=G"),
            &format!("run:echo H > {outside}/h"),
            "run:cd .. && touch outside/i",
            "say:Done",
        ],
    );
    let left: Vec<_> = std::fs::read_dir(&outside).unwrap().collect();
    assert!(left.is_empty() && !fixture.path("c").exists(), "{left:?}");
    assert_eq!(record.result.reply().unwrap().text, "Done.");
    let refusals = record.warnings.join("\n");
    for asked in [
        "write link/b",
        "write file",
        "something",
        "cd .. && touch outside/i",
    ] {
        assert!(refusals.contains(asked), "{asked} in {refusals}");
    }
}

#[test]
fn what_piton_does_not_offer_is_said_to_be_so() {
    let fixture = Fixture::new();
    let record = call(
        &fixture,
        &["ask:fs/read_text_file", "ask:terminal/create", "say:Done"],
    );
    assert_eq!(record.result.reply().unwrap().text, "Done.");
}

#[test]
fn every_other_ending_is_told_for_what_it_is() {
    for (does, expected) in [
        (&["signed-out"][..], "authentication"),
        (&["version:9"], "rejected"),
        (&["say:No", "stop:refusal"], "refused"),
        (&["say:So far", "stop:max_tokens"], "cut-short"),
        (&["stop:max_turn_requests"], "cut-short"),
        (&["error:-32603=rate limit exceeded"], "limit-reached"),
        (
            &["error:-32603=Cannot connect to API: Unable to connect."],
            "outage",
        ),
        (&["error:-32603=something broke"], "crashed"),
        (&["say:Done", "exit:1"], "replied"),
        (&["say:Done", "stay"], "replied"),
        (&["tool:nothing"], "no-output"),
    ] {
        let record = call(&Fixture::new(), does);
        assert_eq!(
            record.result.name(),
            expected,
            "{does:?}: {}",
            record.result
        );
    }
}

#[test]
fn a_failure_told_as_a_reply_is_no_reply() {
    let retrying = "only:Info: Request failed due to a transient API error. Retrying...";
    for (does, expected) in [
        (
            &["only:Error: Authentication failed with provider at http://x (HTTP 401)."][..],
            "authentication",
        ),
        (
            &[
                retrying,
                "only:Error: Failed to get response from the AI model; retried 5 times Last error: 429 slow",
            ],
            "limit-reached",
        ),
        (
            &[
                retrying,
                "only:Error: Failed to get response from the AI model; Last error: 500 x",
            ],
            "outage",
        ),
        (&["only:Error: 400 no such thing"], "rejected"),
        (&["only:Error: something else"], "crashed"),
        // A model that answered has consumed something.
        (&["say:Error: that is what the log says"], "replied"),
        (&[retrying, "only:Done"], "replied"),
    ] {
        let record = call_as("copilot", does);
        assert_eq!(
            record.result.name(),
            expected,
            "{does:?}: {}",
            record.result
        );
    }
    let record = call(&Fixture::new(), &["only:Error: a word of its own"]);
    assert_eq!(record.result.name(), "replied");
}

#[test]
fn an_agent_that_never_answers_is_ended() {
    let limits = Limits {
        idle: Duration::from_millis(300),
        ..impatient()
    };
    let record = call_with(&Fixture::new(), &["mute"], limits);
    assert!(
        matches!(record.result, Outcome::Hung { .. }),
        "{}",
        record.result
    );
}

#[test]
fn a_program_that_speaks_something_else_is_no_conversation() {
    let fixture = Fixture::new();
    let mut spec = fixture.spec(
        "command",
        &[
            "say:{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}",
            "say:[]",
            "say:hello",
        ],
    );
    spec.stream = StreamKind::Acp;
    let record = fixture.answer(&fixture.agent_of("fake", spec), &fixture.asked("Do it."));
    assert!(record.result.reply().is_none(), "{}", record.result);
}
