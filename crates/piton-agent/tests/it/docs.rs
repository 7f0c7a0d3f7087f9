//! The examples of the documentation, tried out.

use piton_agent::adapter::{self, AdapterSpec};
use piton_agent::{CallRole, Script};

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
    assert!(GUIDE.contains(CallRole::PhaseReadyCheck.as_str()));
}
