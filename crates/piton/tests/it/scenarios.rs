//! Which commands are killed at their writes by the self-test or by a test.

use std::path::Path;

/// What changes nothing but what it prints.
const READS: [&str; 25] = [
    "status",
    "doctor",
    "config show",
    "config get",
    "migration list",
    "migration show",
    "migration open",
    "migration diff",
    "migration log",
    "prompt list",
    "prompt show",
    "runs list",
    "runs show",
    "plan list",
    "plan show",
    "plan check",
    "plan log",
    "plan resolve",
    "exec get-plan-metadata",
    "traffic status",
    "traffic list",
    "traffic export",
    "traffic badge",
    "traffic dashboard",
    "prime",
];

/// What reads journals, is about piton itself, or makes a scratch project.
const OTHERS: [&str; 6] = [
    "journal list",
    "journal show",
    "demo",
    "selftest",
    "completions",
    "man",
];

/// Everything of a file that is no white space.
fn packed(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split_whitespace().collect()
}

#[test]
fn every_command_that_writes_is_killed_somewhere() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tests = crates.join("piton/tests/it");
    let files = |dir: &Path| -> Vec<_> {
        let entries = std::fs::read_dir(dir).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let killed: String = files(&tests.join("forge_kills"))
        .iter()
        .map(|path| packed(path))
        .collect();
    // Here a command is one text.
    let scenarios: String = files(&crates.join("piton-selftest/src/crash/scenarios"))
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let reference = std::fs::read_to_string(crates.join("../docs/cli.md")).unwrap();
    let mut count = 0;
    for command in reference
        .lines()
        .filter_map(|line| line.strip_prefix("### piton "))
    {
        let words: Vec<String> = command
            .split(' ')
            .map(|word| format!("\"{word}\""))
            .collect();
        // A line of arguments, or a constant that begins one elsewhere.
        let is_killed = killed.contains(&format!("[{}", words.join(",")))
            || scenarios.contains(&format!("\"{command} "))
            || scenarios.contains(&format!("\"{{person}} {command} "))
            // One word alone may be a scenario's name.
            || (words.len() > 1 && scenarios.contains(&format!("\"{command}\"")))
            || (command == "traffic create" && killed.contains("traffic::CREATE"))
            || killed.contains(&format!("words(&[{}", words.join(",")));
        let reads = READS.contains(&command) || OTHERS.contains(&command);
        assert!(
            is_killed || reads,
            "piton {command} is killed nowhere: add a scenario to piton-selftest or to forge_kills"
        );
        count += 1;
    }
    assert!(count > 60, "{count} commands");
}
