//! Plans in files.

use std::path::Path;

use crate::toy::{ID, Toy, World, make, plan_of, set};
use jiff::Timestamp;
use piton_durable::{Disk, DiskRead, RealDisk};
use piton_plan::saved::{load, save};
use piton_plan::{ApplyError, Draft, Plan, PlanBuilder, PlanId, SavedPlan, Slot};
use piton_testkit::SimDisk;

const FILE: &str = "/home/plan.json";

fn id() -> PlanId {
    PlanId::new("2026-11-21T00:00:00Z".parse().unwrap(), [7; 10])
}

fn plan() -> Plan<Toy> {
    let mut builder = PlanBuilder::new("create");
    let made = builder.add(make("gist"));
    let copy = builder.add(set("copy", Slot::After(made.output(&ID))));
    builder.add_draft(Draft::new(set("last", 3)).after(&copy).describe("ümläut"));
    builder.warn("careful");
    builder.note("gh.login", "somebody");
    builder.build().unwrap()
}

fn saved() -> SimDisk {
    let disk = SimDisk::new();
    disk.put_dir("/home");
    save(&disk, Path::new(FILE), id(), Timestamp::UNIX_EPOCH, &plan()).unwrap();
    disk
}

fn refusal(bytes: &[u8]) -> String {
    let disk = SimDisk::new();
    disk.put(FILE, bytes);
    load::<Toy>(&disk, Path::new(FILE)).unwrap_err().to_string()
}

#[test]
fn a_saved_plan_comes_back_as_it_was_and_only_its_owner_may_read_it() {
    let disk = saved();
    let loaded: SavedPlan<Toy> = load(&disk, Path::new(FILE)).unwrap();
    assert_eq!(loaded.plan, plan());
    assert_eq!(loaded.id, id());
    assert_eq!(disk.stat(Path::new(FILE)).unwrap().unwrap().mode, 0o600);
    let text = String::from_utf8(disk.read(Path::new(FILE)).unwrap()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["format"], "piton-saved-plan/2");
    assert!(text.ends_with("}\n"));
}

#[test]
fn what_is_no_whole_unedited_plan_is_refused_with_the_reason() {
    let bytes = saved().read(Path::new(FILE)).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let check = |bytes: &[u8], reason: &str| {
        let told = refusal(bytes);
        assert!(told.contains(reason), "{told}");
    };
    let older = text.replace("piton-saved-plan/2", "piton-saved-plan/1");
    check(older.as_bytes(), "the format 1 of an older piton");
    check(b"", "the file is empty");
    check(b" \n", "the file is empty");
    check(&[0xff, 0xfe, b'{'], "not UTF-8");
    check(b"hello", "not JSON");
    check(b"{}", "not a saved plan");
    check(b"[]", "not a saved plan");
    check(br#"{"format":"something else"}"#, "not a saved plan");
    check(text.replace("plan/2", "plan/3").as_bytes(), "the format 3");
    check(
        text.replace("\"known\": 3", "\"known\": 4").as_bytes(),
        "changed after it was written",
    );
    check(
        text.replace("careful", "fine").as_bytes(),
        "changed after it was written",
    );
    check(
        text.replacen(",\n", ", \"more\": 1,\n", 1).as_bytes(),
        "changed after it was written",
    );
    for cut in 1..bytes.len() - 2 {
        let told = refusal(&bytes[..cut]);
        assert!(
            told.contains("ends in the middle") || told.contains("not UTF-8"),
            "cut at {cut}: {told}"
        );
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a file with a hole in it")]
fn a_file_larger_than_any_plan_is_refused_unread() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.json");
    // A hole, which takes no room.
    let file = std::fs::File::create(&path).unwrap();
    file.set_len((1 << 30) + 1).unwrap();
    let refused = load::<Toy>(&RealDisk, &path).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the file is larger than any plan (1073741825 bytes)"
    );
}

#[test]
fn a_deeply_nested_file_is_refused_and_does_not_overflow() {
    for beginning in ["{\"format\":", "{\"x\":", ""] {
        let deep = format!("{beginning}{}", "[".repeat(100_000));
        let told = refusal(deep.as_bytes());
        assert!(
            told.contains("not a saved plan") || told.contains("ends in the middle"),
            "{told}"
        );
    }
    // Deep inside a plan that is otherwise whole.
    let text = String::from_utf8(saved().read(Path::new(FILE)).unwrap()).unwrap();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refusal(text.replace("\"somebody\"", &deep).as_bytes());
}

#[test]
fn a_plan_whose_premise_broke_is_refused_with_what_changed() {
    let plan = plan_of(&[("a", &[]), ("b", &[])]);
    let fine = World::with([("b".to_owned(), 1)].into());
    assert_eq!(
        piton_plan::changes(
            crate::toy::plan_id(),
            &plan,
            &fine,
            piton_plan::Jobs::default()
        ),
        [],
        "b is so already"
    );
    let stale = World::with([("a".to_owned(), 5)].into());
    let changes = piton_plan::StalePlan(piton_plan::changes(
        crate::toy::plan_id(),
        &plan,
        &stale,
        piton_plan::Jobs::default(),
    ));
    insta::assert_snapshot!(changes, @"
    the plan is stale
    `toy:set:a`: expected nothing, found 5
    ");
}

#[test]
fn what_a_plan_itself_brings_about_first_does_not_make_it_stale() {
    let mut builder = PlanBuilder::new("test");
    let made = builder.add(make("x"));
    let again = Toy::Set {
        key: "x".to_owned(),
        value: 1.into(),
        was: Some(2),
    };
    builder.add_draft(Draft::new(again).needs(&made));
    builder.add(set("waits", Slot::After(made.output(&ID))));
    let plan = builder.build().unwrap();
    let changes = |world: &World| {
        let (id, jobs) = (crate::toy::plan_id(), piton_plan::Jobs::default());
        piton_plan::changes(id, &plan, world, jobs)
    };
    assert_eq!(changes(&World::default()), []);
}

#[test]
fn a_saved_plan_is_admitted_while_its_premises_hold_and_not_after() {
    let disk = saved();
    let loaded: SavedPlan<Toy> = load(&disk, Path::new(FILE)).unwrap();
    let admitted = |world: &World| {
        let (journals, jobs) = (Path::new("/journals"), piton_plan::Jobs::default());
        piton_plan::admit(&loaded, &disk, journals, world, jobs)
    };
    admitted(&World::default()).unwrap();
    let refused = admitted(&World::with([("last".to_owned(), 5)].into()));
    assert!(matches!(refused, Err(ApplyError::Stale(_))), "{refused:?}");
}

#[test]
fn replacing_a_saved_plan_is_all_or_nothing() {
    let disk = saved();
    let before = disk.read(Path::new(FILE)).unwrap();
    piton_testkit::sim::every_crash(
        &disk,
        piton_testkit::sim::Budget::default(),
        |disk| {
            let plan = plan_of(&[("other", &[])]);
            let _ = save(
                disk as &dyn Disk,
                Path::new(FILE),
                id(),
                Timestamp::UNIX_EPOCH,
                &plan,
            );
        },
        |disk, point| {
            let now = disk.read(Path::new(FILE)).unwrap();
            assert!(
                now == before || load::<Toy>(disk, Path::new(FILE)).is_ok(),
                "{point}"
            );
        },
    );
}
