//! Records of publishes that cannot be trusted, or are of others.

use std::path::Path;

use piton_durable::transaction::{Recovered, stage};
use piton_durable::{Disk, DiskRead, Site, TreeDigest};

use crate::transaction::between::PLAIN;
use crate::transaction::{COMMITTED, site, token};

#[test]
fn a_record_that_cannot_be_read_is_kept_and_one_from_the_future_left_alone() {
    let disk = PLAIN.disk();
    let transactions = "/repo/.git/piton/transactions";
    disk.put(
        format!("{transactions}/broken/intent.json"),
        "{\"version\":1,",
    );
    disk.put(
        format!("{transactions}/future/intent.json"),
        "{\"version\":3,\"new\":\"things\"}",
    );
    disk.put(
        format!("{transactions}/broken/trees/staged/rework/plan.md"),
        "x",
    );
    let recovered = PLAIN.recover(&disk).unwrap();
    assert!(matches!(
        recovered.as_slice(),
        [
            Recovered::Unreadable { .. },
            Recovered::Newer { version: 3, .. }
        ]
    ));
    assert_eq!(
        disk.read(Path::new(
            "/repo/.git/piton/failures/broken/trees/staged/rework/plan.md"
        ))
        .unwrap(),
        b"x"
    );
    assert!(
        disk.stat(Path::new(&format!("{transactions}/future/intent.json")))
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_record_cannot_name_a_place_outside_the_worktree() {
    for live in [
        "../outside",
        "/etc",
        "a/../../b",
        "migrations/.git/x",
        ".GIT/x",
        "",
    ] {
        assert!(live.parse::<piton_durable::LivePath>().is_err(), "{live}");
    }
}

/// Puts a record there that nobody but a forger would write.
fn forged(live: &str, paths: &str) -> String {
    let digest = TreeDigest::missing();
    format!(
        r#"{{"version":1,"worktree":"main","live":"{live}","trees":"state","base":"{digest}",
        "new":"{digest}","operation":"x","step":"prepared",
        "commit":{{"message":"m","paths":["{paths}"],"branch":"main"}}}}"#
    )
}

#[test]
fn a_forged_record_commits_and_moves_nothing_outside_the_migrations_directory() {
    // Of a migration it is a record like any other: it is whole, and acted on.
    let disk = PLAIN.disk();
    let record = "/repo/.git/piton/transactions/x/intent.json";
    disk.put(record, forged("migrations/other", "migrations/other"));
    let recovered = PLAIN.recover(&disk).unwrap();
    assert!(
        matches!(recovered.as_slice(), [Recovered::Publish { .. }]),
        "{recovered:?}"
    );
    for (live, paths) in [
        ("src/main.rs", "src/main.rs"),
        ("migrations/rework", "src/main.rs"),
        ("migrations/a/b", "migrations/a/b"),
        ("migrations/__transactions__", "migrations/__transactions__"),
        ("migrations", "migrations"),
    ] {
        let disk = PLAIN.disk();
        let before = disk.read(Path::new(COMMITTED)).unwrap();
        disk.put(record, forged(live, paths));
        let recovered = PLAIN.recover(&disk).unwrap();
        assert!(
            matches!(recovered.as_slice(), [Recovered::Unreadable { .. }]),
            "{live}: {recovered:?}"
        );
        assert_eq!(disk.read(Path::new(COMMITTED)).unwrap(), before);
    }
}

#[test]
fn what_is_no_regular_file_is_no_record_and_stops_nobody() {
    let disk = PLAIN.disk();
    disk.put_symlink("/repo/.git/piton/transactions/x/intent.json", "/dev/zero");
    let recovered = PLAIN.recover(&disk).unwrap();
    assert!(matches!(
        recovered.as_slice(),
        [Recovered::Unreadable { .. }]
    ));
    assert_eq!(PLAIN.recover(&disk).unwrap(), []);
}

#[test]
fn transactions_of_another_worktree_are_left_to_it() {
    let disk = PLAIN.disk();
    let other = Site {
        worktree: "other".into(),
        ..site()
    };
    let staged = stage(&disk, &other, token(), PLAIN.request(&disk)).unwrap();
    drop(staged.replace(&disk).unwrap());
    let before = disk.snapshot("/");
    assert_eq!(PLAIN.recover(&disk).unwrap(), []);
    assert_eq!(disk.snapshot("/"), before);
    let _: &dyn Disk = &disk;
}
