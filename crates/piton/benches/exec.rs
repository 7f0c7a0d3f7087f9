//! What a report to a stored plan costs as a whole process.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark arranges the real world"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use piton_testkit::ScratchRepo;
use piton_testkit::floor::{Table, empty_program, install, spawn};
use piton_testkit::forge::FakeGitHub;
use serde_json::Value;

const BODY: &str = "<!-- erk:metadata-block:plan-header -->\n<details>\n<summary>plan-header</summary>\n\n```yaml\n\nschema_version: '2'\ncreated_at: '2026-02-15T09:38:59+00:00'\ncreated_by: octo\n\n```\n\n</details>\n<!-- /erk:metadata-block:plan-header -->\n";

const ROUNDS: usize = 60;

fn main() {
    let scratch = ScratchRepo::new();
    let nothing = empty_program(scratch.path());
    let program = install(Path::new(env!("CARGO_BIN_EXE_piton")), scratch.path());
    // Each round has a plan of its own, so that none finds a longer log.
    let mut plans = Vec::new();
    let fake = FakeGitHub::with(|world| {
        let now = Timestamp::now();
        let repo = world.add_repo("acme/app", now);
        for _ in 0..ROUNDS + 2 {
            plans.push(repo.add_issue("[erk-plan] A plan", BODY, &["erk-plan"], "octo", now));
        }
    });
    let report = |plan: u64, run: u32| {
        let status = Command::new(&program)
            .args(["exec", "update-dispatch-info", &plan.to_string()])
            .args([&run.to_string(), "WFR_node", "2026-02-15T10:00:00+00:00"])
            .current_dir(scratch.path())
            .env("GITHUB_API_URL", fake.address())
            .env("GITHUB_REPOSITORY", "acme/app")
            .env("GH_TOKEN", "token-of-octo")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .expect("it runs");
        assert!(status.success());
    };
    for plan in &plans {
        report(*plan, 0);
    }
    fake.take_log();
    let mut plans = plans.into_iter();
    report(plans.next().expect("a plan"), 1);
    let requests: Vec<Asked> = fake
        .log()
        .into_iter()
        .map(|logged| Asked {
            body: match logged.body {
                Value::Null => String::new(),
                body => body.to_string(),
            },
            method: logged.method,
            path: logged.path,
        })
        .collect();

    let mut table = Table::new(
        "exec, against an empty Rust program and the same requests by a bare client",
        ROUNDS,
    );
    table.row(
        &format!("update-dispatch-info, {} requests", requests.len()),
        3.0,
        || {
            report(plans.next().expect("a plan"), 1);
        },
        || {
            spawn(&nothing);
            bare(&fake, &requests);
        },
    );
    if !table.finish() {
        std::process::exit(1);
    }
}

/// A request as it was sent.
struct Asked {
    method: String,
    path: String,
    body: String,
}

/// Sends the requests over one connection, and understands nothing of the
/// answers but how long they are.
fn bare(fake: &FakeGitHub, requests: &[Asked]) {
    let mut stream = TcpStream::connect(("127.0.0.1", fake.port())).expect("it connects");
    stream.set_nodelay(true).expect("it takes options");
    let mut reader = BufReader::new(stream.try_clone().expect("it is cloned"));
    for Asked { method, path, body } in requests {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bare\r\n\
             Accept: application/vnd.github+json\r\nAuthorization: Bearer token-of-octo\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("it writes");
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("it reads");
            if line.trim().is_empty() {
                break;
            }
            let lower = line.to_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("it reads");
    }
}
