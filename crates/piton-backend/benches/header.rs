//! What changing a header costs beyond copying its text and hashing it once.

use std::process::ExitCode;

use jiff::Timestamp;
use piton_backend::header::{NewHeader, Patch, apply_patch, new_header};
use piton_backend::text::wrap_original_plan;
use piton_testkit::floor::Table;
use sha2::{Digest, Sha256};

fn main() -> ExitCode {
    let line = "- [ ] a step of the plan, with some `code` and more words in it\n";
    let plan = line.repeat(63 * 1024 / line.len());
    let fields = Patch::from_json(
        r#"{"branch_name": "b", "last_dispatched_run_id": "1", "last_dispatched_node_id": "n",
            "last_dispatched_at": "2026-02-15T10:00:00+00:00", "objective_issue": 7}"#,
    )
    .expect("the patch is fine");
    let body = format!(
        "{}\n\n{}",
        wrap_original_plan(&plan),
        new_header(&NewHeader {
            created_at: Timestamp::UNIX_EPOCH,
            created_by: "octo",
            fields: &fields,
        })
    );
    let patch = Patch::from_json(
        r#"{"last_dispatched_run_id": "22035662991", "last_dispatched_node_id": "WFR_k",
            "last_dispatched_at": "2026-02-16T10:00:00+00:00"}"#,
    )
    .expect("the patch is fine");

    let mut table = Table::new("a header in a body of 64 KB", 101);
    table.row(
        "three fields are set",
        2.0,
        || apply_patch(&body, &patch).expect("the header is fine"),
        || {
            let copy = body.clone();
            (Sha256::digest(copy.as_bytes()), copy)
        },
    );
    if table.finish() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
