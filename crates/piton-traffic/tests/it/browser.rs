//! The page in a real browser, where one is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use piton_traffic::dashboard::{Page, Source, demo_history, render};
use serde_json::json;

/// The modules that `.ci/run` installs for this test.
fn modules() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let named = std::env::var_os("PITON_BROWSER_MODULES").map(PathBuf::from);
    let modules = named.unwrap_or_else(|| target.join("browser/node_modules"));
    let browser = std::env::var_os("PITON_CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    let there = modules.join("playwright-core").is_dir()
        && modules.join("axe-core").is_dir()
        && Path::new(&browser).exists();
    there.then_some(modules)
}

#[test]
fn the_page_holds_in_a_real_browser() {
    let Some(modules) = modules() else {
        println!(
            "skipped: needs chromium, and playwright-core and axe-core below target/browser/node_modules"
        );
        return;
    };
    let pages = tempfile::tempdir().expect("a directory");
    let source = |title: &str| Source {
        title: title.into(),
        gist_raw_base: "https://gist.githubusercontent.com/acme/0123456789abcdef0123/raw".into(),
        archive_gist_id: "abcdef0123456789abcd".into(),
        owner: "acme".into(),
        name: "widget".into(),
        created: "2020-01-01".into(),
    };
    let put =
        |name: &str, text: &str| std::fs::write(pages.path().join(name), text).expect("written");
    put(
        "page.html",
        &render(&Page {
            source: &source("Widget"),
            others: &[],
            held: None,
        }),
    );
    let hostile = source("</script><script>alert(0)</script>\"'<img src=x onerror=alert(1)>");
    put(
        "hostile.html",
        &render(&Page {
            source: &hostile,
            others: &[],
            held: None,
        }),
    );
    let demo = demo_history(jiff::Timestamp::now(), 3650);
    put(
        "demo.json",
        &json!({ "state": demo.state, "archived": demo.archived }).to_string(),
    );

    let tour = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/tour.mjs");
    let told = Command::new("node")
        .arg(tour)
        .arg(modules)
        .arg(pages.path())
        .args(std::env::var_os("PITON_BROWSER_SHOTS"))
        .output()
        .expect("node starts");
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(
        told.status.success() && text.contains("all well"),
        "{text}\n{}",
        String::from_utf8_lossy(&told.stderr)
    );
}
