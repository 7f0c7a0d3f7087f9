//! The page as bytes; what a browser makes of it is in `browser/`.

use piton_traffic::dashboard::{Page, Source, demo_history, render};
use serde_json::json;

fn source(title: &str) -> Source {
    Source {
        title: title.into(),
        gist_raw_base: "https://gist.githubusercontent.com/acme/0123456789abcdef0123/raw".into(),
        archive_gist_id: "abcdef0123456789abcd".into(),
        owner: "acme".into(),
        name: "widget".into(),
        created: "2024-01-01".into(),
    }
}

fn page(title: &str) -> String {
    render(&Page {
        source: &source(title),
        others: &[],
        held: None,
    })
}

#[test]
fn the_same_page_is_the_same_bytes() {
    assert_eq!(page("Widget"), page("Widget"));
}

#[test]
fn a_hostile_name_stays_text_wherever_it_goes() {
    let hostile = "</title><script>alert(1)</script><!--\"' {{script}} \\";
    let html = page(hostile);
    assert!(!html.contains("<script>alert"), "the name became markup");
    assert_eq!(
        html.matches("<script").count(),
        page("plain").matches("<script").count()
    );
    assert_eq!(
        html.matches("(() => {\nconst").count() + html.matches("(() => {\n//").count(),
        1,
        "a placeholder in the name was filled in"
    );
}

#[test]
fn the_policy_allows_nothing_inline_but_its_own() {
    let html = page("Widget");
    let policy = html
        .split("Content-Security-Policy\" content=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let policy = policy.expect("the page has a policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn the_page_stays_below_its_budget() {
    let bytes = page("Widget").len();
    assert!(bytes < 150_000, "{bytes} bytes");
}

#[test]
fn the_demo_history_is_the_same_for_the_same_day_and_sums_up() {
    let now = "2026-05-01T04:17:00Z".parse().expect("a time");
    let one = demo_history(now, 400);
    assert_eq!(one.state, demo_history(now, 400).state);
    assert_eq!(one.archived.len(), 400 - 31);
    let rows = one.state["dailyHistory"].as_array().expect("rows");
    assert_eq!(
        rows.last().map(|row| &row["date"]),
        Some(&json!("2026-05-01T00:00:00Z"))
    );
    let organic: u64 = one
        .archived
        .iter()
        .chain(rows)
        .filter_map(|row| row["organicClones"].as_u64())
        .sum();
    assert_eq!(one.state["totalOrganicClones"], json!(organic));
}
