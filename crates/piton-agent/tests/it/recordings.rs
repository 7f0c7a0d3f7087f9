//! The adapters fed with what the real programs printed.
//!
//! `recordings.tsv` says for each recorded run what it has to come to. It was
//! worked out from the recordings by other code than the one tested here, and
//! read through by a person. Runs in text mode are read as plain text, where a
//! reader that was too slow leaves a torn text that nothing marks as torn: one
//! of the reasons why piton never uses that mode.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use piton_agent::adapter;
use piton_agent::classify::{Evidence, classify};
use piton_agent::dialect::StreamKind;
use piton_agent::process::ExitKind;
use piton_agent::watchdog::EndReason;
use piton_agent::{Outcome, Usage};

use crate::skipped;

struct Expected<'a> {
    case: &'a str,
    plain: bool,
    ended: Option<EndReason>,
    outcome: &'a str,
    text: &'a str,
    usage: &'a str,
    cost: &'a str,
}

fn table() -> Vec<Expected<'static>> {
    let lines = include_str!("recordings.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [case, reader, ended, outcome, text, usage, cost] = fields[..] else {
            panic!("{line}")
        };
        let ended = (ended == "idle").then_some(EndReason::Idle);
        Expected {
            case,
            plain: reader == "plain",
            ended,
            outcome,
            text,
            usage,
            cost,
        }
    };
    lines.map(row).collect()
}

#[test]
fn every_recording_gives_its_text_usage_cost_and_classification() {
    let Some(recordings) =
        piton_testkit::shared_dir().map(|shared| shared.join("agent-recordings"))
    else {
        return skipped("no recordings here");
    };
    let mut wrong = Vec::new();
    for expected in table() {
        let folder = recordings.join(expected.case);
        let (stdout, stderr) = (read(&folder, "stdout"), read(&folder, "stderr"));
        let found = outcome(&expected, &folder, &stdout, &stderr);
        if let Err(difference) = found {
            wrong.push(format!("{}: {difference}", expected.case));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} recordings differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn no_recording_is_forgotten() {
    let Some(recordings) =
        piton_testkit::shared_dir().map(|shared| shared.join("agent-recordings"))
    else {
        return skipped("no recordings here");
    };
    let known: Vec<&str> = table().into_iter().map(|expected| expected.case).collect();
    let mut recorded = 0;
    for program in ["claude", "claude-2.1.197", "codex"] {
        for case in std::fs::read_dir(recordings.join(program)).unwrap() {
            let case = format!(
                "{program}/{}",
                case.unwrap().file_name().into_string().unwrap()
            );
            assert!(known.contains(&case.as_str()), "{case} is not in the table");
            recorded += 1;
        }
    }
    assert_eq!(recorded, known.len());
}

fn outcome(
    expected: &Expected<'_>,
    folder: &Path,
    stdout: &[u8],
    stderr: &[u8],
) -> Result<(), String> {
    let program = expected.case.split(['/', '-']).next().unwrap();
    let spec = adapter::resolve(program, None).unwrap();
    let kind = if expected.plain {
        StreamKind::Plain
    } else {
        spec.stream
    };
    let now: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    let mut reader = kind.reader();
    // Odd pieces, as a pipe gives them.
    stdout.chunks(4093).for_each(|piece| reader.feed(piece));
    let transcript = reader.finish();
    let (usage, cost) = (transcript.usage, transcript.cost);
    let tail = String::from_utf8_lossy(&stderr[stderr.len().saturating_sub(8192)..]).into_owned();
    let found = classify(&Evidence {
        transcript,
        exit: exit(folder),
        ended: expected.ended,
        lasted: Duration::from_secs(600),
        silent_for: Duration::from_secs(300),
        plain: expected.plain,
        converses: false,
        stderr_tail: &tail,
        rules: &spec.failures,
        reply_errors: &spec.reply_errors,
        now,
        zone: &jiff::tz::TimeZone::UTC,
    });
    let differs = |what: &str, found: String, wanted: &str| {
        if found == wanted {
            Ok(())
        } else {
            Err(format!("{what} is {found}, not {wanted}"))
        }
    };
    differs("outcome", found.name().to_owned(), expected.outcome)
        .map_err(|error| format!("{error} ({found})"))?;
    differs("text", text(&found), expected.text)?;
    differs(
        "usage",
        usage.map_or("-".to_owned(), numbers),
        expected.usage,
    )?;
    differs(
        "cost",
        cost.map_or("-".to_owned(), |cost| format!("{cost:.6}")),
        expected.cost,
    )
}

fn text(outcome: &Outcome) -> String {
    let Some(reply) = outcome.reply() else {
        return "-".to_owned();
    };
    let beginning: String = reply.text.chars().take(24).collect();
    let quoted = serde_json::to_string(&beginning).unwrap();
    format!("{}:{}", reply.text.chars().count(), quoted)
}

fn numbers(usage: Usage) -> String {
    let Usage {
        input_tokens,
        cached_input_tokens,
        cache_write_tokens,
        output_tokens,
        reasoning_tokens,
    } = usage;
    format!(
        "{input_tokens},{cached_input_tokens},{cache_write_tokens},{output_tokens},{reasoning_tokens}"
    )
}

fn exit(folder: &Path) -> ExitKind {
    let text = std::fs::read_to_string(folder.join("exit_code")).unwrap();
    match text.trim().strip_prefix("signal ") {
        Some(signal) => ExitKind::Signal(signal.parse().unwrap()),
        None => ExitKind::Code(text.trim().parse().unwrap()),
    }
}

/// Reads a file of a recording, which may be packed.
fn read(folder: &Path, name: &str) -> Vec<u8> {
    let packed = folder.join(format!("{name}.gz"));
    if !packed.exists() {
        return std::fs::read(folder.join(name)).unwrap();
    }
    let unpacked = Command::new("gzip").arg("-dc").arg(packed).output();
    let unpacked = unpacked.expect("gzip runs");
    assert!(unpacked.status.success(), "{}", folder.display());
    unpacked.stdout
}
