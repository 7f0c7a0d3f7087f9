//! What the table says of a program that is not sealed at all.

use piton_selftest::forbidden::{Ground, Section, try_all};

#[test]
fn a_program_without_a_seal_is_told_apart_from_a_sealed_one() {
    let keep = tempfile::tempdir().unwrap();
    let root = keep.path().canonicalize().unwrap();
    let laid = Ground::lay(&root, None, vec![root.join("store")]).unwrap();
    assert_eq!(laid.ground.changed(), [""; 0]);
    let rows = try_all(&laid.ground, Section::Always);
    let bad: Vec<_> = rows
        .iter()
        .filter(|row| row.is_bad(true, true))
        .map(|row| row.what.as_str())
        .collect();
    for what in [
        "write a file of the user's",
        "plant a hook",
        "read a credential store",
        "read it through a link",
        "signal a process that is not its own",
        "connect to an abstract socket outside",
    ] {
        assert!(bad.contains(&what), "{what} is not in {bad:?}");
    }
    let changed = laid.ground.changed();
    assert!(
        changed.contains(&"tree/.git/hooks".to_owned()),
        "{changed:?}"
    );
    let network = try_all(&laid.ground, Section::Network);
    assert!(network[0].is_bad(true, true), "{network:?}");
}
