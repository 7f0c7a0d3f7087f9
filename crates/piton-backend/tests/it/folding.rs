//! What a header has to say, given the logs of all writers.

use jiff::Timestamp;
use piton_backend::header::{Edited, NewHeader, apply_patch, find_header, new_header};
use piton_backend::log::{Entry, LogPage, Writer, fold, trusts};
use proptest::prelude::*;

use crate::backends::patch;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn text(fields: &str) -> String {
    let fields = patch(fields);
    new_header(&NewHeader {
        created_at: at(0),
        created_by: "octo",
        fields: &fields,
    })
}

/// Records a change upon a text as a writer does, and does not write the text.
fn record(page: &mut LogPage, upon: &str, key: &str, second: i64, fields: &str) {
    let header = find_header(upon).unwrap();
    page.add(Entry::of(&patch(fields), &header, key.to_owned(), at(second)).unwrap());
}

fn folded(upon: &str, pages: &[LogPage]) -> String {
    let missing = fold(&find_header(upon).unwrap(), pages);
    match apply_patch(upon, &missing).unwrap() {
        Edited::Same => upon.to_owned(),
        Edited::Changed { text, .. } => text,
    }
}

fn page(name: &str) -> LogPage {
    LogPage::new(Writer::new(name).unwrap())
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let header = find_header(text).unwrap();
    let value = header.text(name)?;
    let at = text.find(value)?;
    Some(&text[at..at + value.len()])
}

#[test]
fn a_body_that_lost_a_field_gets_it_back() {
    let first = text("{}");
    let (mut one, mut two) = (page("one"), page("two"));
    record(&mut one, &first, "a", 1, r#"{"branch_name": "b-one"}"#);
    record(&mut two, &first, "b", 2, r#"{"worktree_name": "w-two"}"#);
    let body = folded(&first, &[one, two]);
    assert_eq!(field(&body, "branch_name"), Some("b-one"));
    assert_eq!(field(&body, "worktree_name"), Some("w-two"));
}

#[test]
fn the_last_one_counts_and_a_dispatch_is_never_mixed() {
    let first = text("{}");
    let (mut one, mut two) = (page("one"), page("two"));
    let dispatch = |run: &str| {
        format!(
            r#"{{"last_dispatched_run_id": "{run}", "last_dispatched_node_id": "node-{run}", "last_dispatched_at": "at-{run}"}}"#
        )
    };
    record(&mut two, &first, "b", 1, &dispatch("2222"));
    record(&mut one, &first, "a", 2, &dispatch("1111"));
    let body = folded(&first, &[one, two]);
    assert_eq!(field(&body, "last_dispatched_run_id"), Some("1111"));
    assert_eq!(field(&body, "last_dispatched_node_id"), Some("node-1111"));
    assert_eq!(field(&body, "last_dispatched_at"), Some("at-1111"));
}

#[test]
fn a_value_that_no_log_knows_stands_as_a_whole() {
    let first = text("{}");
    let mut one = page("one");
    let ours = r#"{"last_dispatched_run_id": "1111", "last_dispatched_node_id": "n1", "last_dispatched_at": "t1"}"#;
    record(&mut one, &first, "a", 1, ours);
    let theirs = text(
        r#"{"last_dispatched_run_id": "9999", "last_dispatched_node_id": "n1", "last_dispatched_at": "t9"}"#,
    );
    assert_eq!(folded(&theirs, &[one]), theirs);
}

#[test]
fn a_start_that_arrives_late_yields_to_the_end() {
    let first = text("{}");
    let event = |event: &str, at: &str| {
        format!(r#"{{"last_local_impl_at": "{at}", "last_local_impl_event": "{event}"}}"#)
    };
    let ended = event("ended", "2026-02-15T11:00:00+00:00");
    let started = event("started", "2026-02-15T10:00:00+00:00");
    let mut one = page("one");
    record(&mut one, &first, "a", 1, &ended);
    record(&mut one, &first, "b", 9, &started);
    let body = folded(&first, &[one]);
    assert_eq!(field(&body, "last_local_impl_event"), Some("ended"));

    // The same when the end was written by a tool that keeps no log.
    let theirs = text(&ended);
    let mut one = page("one");
    record(&mut one, &theirs, "b", 9, &started);
    assert_eq!(folded(&theirs, &[one]), theirs);

    // And when both happened at the same moment.
    let started = event("started", "2026-02-15T11:00:00+00:00");
    let mut one = page("one");
    record(&mut one, &first, "b", 2, &started);
    record(&mut one, &first, "a", 1, &ended);
    let body = folded(&first, &[one]);
    assert_eq!(field(&body, "last_local_impl_event"), Some("ended"));
}

#[test]
fn a_log_reads_back_whatever_its_values_hold() {
    let first = text("{}");
    let mut one = page("one");
    let nasty = r#"{"branch_name": "```\n</details> --> @everyone <!-- piton:log:x -->"}"#;
    record(&mut one, &first, "a", 1, nasty);
    let comment = one.render();
    assert_eq!(comment.matches("```").count(), 2);
    assert_eq!(comment.matches("</details>").count(), 1);
    assert_eq!(LogPage::read(&comment).as_ref(), Some(&one));
    assert_eq!(LogPage::read("no log"), None);
    assert_eq!(LogPage::read("> <!-- piton:log:x -->\n```json\n```"), None);
}

#[test]
fn a_log_never_outgrows_its_comment_and_keeps_the_last_of_every_field() {
    let first = text("{}");
    let mut one = page("one");
    record(&mut one, &first, "w", 0, r#"{"worktree_name": "kept"}"#);
    for n in 0..600 {
        let fields = format!(r#"{{"branch_name": "{n}-{}"}}"#, "x".repeat(200));
        record(&mut one, &first, &format!("key-{n}"), n, &fields);
        assert!(one.render_within_limit().chars().count() < 65_536);
    }
    let body = folded(&first, &[one]);
    assert_eq!(field(&body, "worktree_name"), Some("kept"));
    assert!(field(&body, "branch_name").unwrap().starts_with("599-"));
}

#[test]
fn strangers_do_not_count() {
    assert!(trusts(true, "octo", false));
    assert!(trusts(false, "github-actions[bot]", true));
    assert!(!trusts(false, "github-actions[bot]", false));
    assert!(!trusts(false, "mallory", false));
    assert!(!trusts(false, "other[bot]", true));
}

proptest! {
    /// Whoever folds, and in whatever order the logs are read, the result is
    /// the same; and folding it again changes nothing.
    #[test]
    fn all_writers_come_to_the_same_header(
        sets in prop::collection::vec((0..3_usize, 0..4_usize, 0..9_i64, 0..5_i64), 1..25),
    ) {
        let first = text("{}");
        let mut pages = vec![page("one"), page("two"), page("three")];
        for (index, (writer, kind, second, value)) in sets.into_iter().enumerate() {
            let fields = match kind {
                0 => format!(r#"{{"branch_name": "b{value}"}}"#),
                1 => format!(r#"{{"last_local_impl_at": "2026-02-15T10:00:0{value}Z", "last_local_impl_event": "started"}}"#),
                2 => format!(r#"{{"last_local_impl_at": "2026-02-15T10:00:0{value}Z", "last_local_impl_event": "ended"}}"#),
                _ => format!(r#"{{"last_dispatched_run_id": "r{value}", "last_dispatched_at": "t{value}"}}"#),
            };
            record(&mut pages[writer], &first, &index.to_string(), second, &fields);
        }
        let body = folded(&first, &pages);
        prop_assert_eq!(&folded(&body, &pages), &body);
        pages.reverse();
        prop_assert_eq!(&folded(&first, &pages), &body);
    }
}
