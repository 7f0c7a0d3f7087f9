//! The examples of the documentation, tried out.

use piton_agent::adapter::{self, AdapterSpec};
use piton_agent::{CallRole, Outcome, Script};

const GUIDE: &str = include_str!("../../../../docs/agents.md");

fn examples() -> Vec<&'static str> {
    let blocks = GUIDE.split("```toml\n").skip(1);
    blocks
        .map(|block| block.split_once("```").unwrap().0)
        .collect()
}

#[test]
fn every_example_of_the_guide_works_as_printed() {
    let mut tried = 0;
    for example in examples() {
        if example.contains("[[step]]") {
            let script: Script = example.parse().unwrap();
            assert_eq!(script.steps.len(), 3);
            tried += 1;
            continue;
        }
        let table: toml::Table = example.parse().unwrap();
        for (name, settings) in table
            .get("agents")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flatten()
        {
            adapter::resolve(name, settings.as_table()).unwrap();
            tried += 1;
        }
        if let Some(command) = table.get("agent").and_then(|agent| agent.get("command")) {
            AdapterSpec::of_command(command.as_str().unwrap()).unwrap();
            tried += 1;
        }
    }
    assert_eq!(tried, 3);
}

#[test]
fn the_guide_names_every_outcome() {
    let message = String::new;
    let exit = piton_agent::process::ExitKind::Code(1);
    let zero = std::time::Duration::ZERO;
    for outcome in [
        Outcome::Replied {
            reply: piton_agent::Reply::default(),
        },
        Outcome::Refused { message: message() },
        Outcome::LimitReached {
            message: message(),
            until: None,
        },
        Outcome::Outage { message: message() },
        Outcome::Authentication { message: message() },
        Outcome::Rejected { message: message() },
        Outcome::CutShort { message: message() },
        Outcome::Crashed {
            exit,
            message: message(),
        },
        Outcome::Hung {
            silent_for: zero,
            after_output: false,
        },
        Outcome::Deadline { after: zero },
        Outcome::NoOutput { message: message() },
        Outcome::Unreadable { message: message() },
        Outcome::NotStarted { message: message() },
        Outcome::Stopped,
    ] {
        let row = GUIDE
            .lines()
            .find(|line| line.starts_with(&format!("| `{}`", outcome.name())));
        let row = row.unwrap_or_else(|| panic!("{} is not in the guide", outcome.name()));
        assert_eq!(
            row.ends_with("| yes |"),
            outcome.is_failed_attempt(),
            "{row}"
        );
    }
    assert!(GUIDE.contains(CallRole::PhaseReadyCheck.as_str()));
}
