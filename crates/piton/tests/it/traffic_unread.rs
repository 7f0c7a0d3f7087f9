//! What a disk or GitHub does not give away counts as absent nowhere that
//! traffic tracking decides upon it.

use piton_selftest::trace::{End, SUPPORTED, Watch};
use piton_testkit::forge::{Fault, FaultKind};

use crate::traffic::{command, on};
use crate::traffic_stage::{collect, running};
use crate::unread::command_kept_from;

#[test]
fn a_revision_of_a_gist_that_does_not_come_is_not_passed_over() {
    let (env, fake) = running();
    collect(&env, &fake);
    // Every state comes cut off, and its whole from another address.
    fake.world(|world| world.gist_cut = 40);
    fake.take_log();
    let backfill = ["traffic", "backfill", "--source=gist-history", "--dry-run"];
    let ran = on(&env, &fake, &backfill);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let log = fake.take_log();
    let is_whole = |line: &&String| line.contains("/raw/") && line.ends_with("/state.json");
    let wholes = log.iter().filter(is_whole).count();
    assert!(wholes > 1, "{log:?}");
    let refused = FaultKind::Status(403, "Forbidden");
    let oldest = u32::try_from(wholes - 1).unwrap();
    fake.fault(Fault::new("GET", "/state.json", refused).skip(oldest));
    let ran = on(&env, &fake, &backfill);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("state.json"), "{}", ran.shown());
}

#[test]
fn a_log_beside_an_import_that_cannot_be_looked_at_may_hold_a_part_of_it() {
    if !SUPPORTED {
        return;
    }
    let (env, fake) = running();
    collect(&env, &fake);
    let file = include_bytes!("../../../piton-traffic/tests/files/ghstats.sqlite");
    std::fs::write(env.path().join("ghstats.db"), file).unwrap();
    let import = [
        "traffic",
        "backfill",
        "--source=import",
        "ghstats.db",
        "--dry-run",
    ];
    for ending in ["-wal", "-journal"] {
        let at = (env.path(), Watch::Looks);
        let name = format!("ghstats.db{ending}");
        let import = command(&env, &fake, &import);
        let (end, said) = command_kept_from(&env, at, import, |point| point.path.ends_with(&name));
        assert_eq!(end, End::Exit(1), "{said}");
        assert!(said.contains("could not look at"), "{said}");
        assert!(said.contains(&name), "{said}");
    }
}

#[test]
fn a_saved_check_whose_project_file_cannot_be_read_is_not_made_without_it() {
    if !SUPPORTED {
        return;
    }
    let (env, fake) = running();
    collect(&env, &fake);
    let saved = ["traffic", "verify", "--plan-out", "checks.json"];
    let ran = on(&env, &fake, &saved);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let at = (env.path(), Watch::Opens);
    let apply = command(&env, &fake, &["apply", "checks.json"]);
    let (end, said) = command_kept_from(&env, at, apply, |point| {
        point.path.ends_with(".ghtraf.json")
    });
    assert_ne!(end, End::Exit(0), "{said}");
    assert!(said.contains("could not read"), "{said}");
    assert!(said.contains(".ghtraf.json"), "{said}");
}
