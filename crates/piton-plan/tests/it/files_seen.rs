//! What a comparison of files finds and what a plan of files shows.

use std::path::Path;
use std::time::{Duration, SystemTime};

use piton_durable::Disk;
use piton_plan::files::{Content, Depth, FileCategory, FileOp, compare, scan, unplanned};
use piton_plan::{ConflictMode, Output, PlanBuilder};
use piton_testkit::SimDisk;

use crate::files::{ROOT, path, perform, plan, repo};

#[test]
fn files_are_compared_by_content_or_quickly() {
    let disk = SimDisk::new();
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(9);
    disk.set_now(then);
    disk.put("/repo/a", "one\r\ntwo\r\n");
    let check = |bytes: &[u8], time: Option<SystemTime>, depth| {
        let root = Path::new(ROOT);
        let compared = compare(&disk, root, &path("a"), Some((bytes, time)), depth).unwrap();
        let hashed = compared.dest.unwrap().digest.is_some();
        (compared.category, compared.only_line_endings, hashed)
    };
    assert_eq!(
        check(b"one\r\ntwo\r\n", None, Depth::Full),
        (FileCategory::Identical, false, true)
    );
    assert_eq!(
        check(b"one\ntwo\n", None, Depth::Full),
        (FileCategory::Conflict, true, true)
    );
    assert_eq!(
        check(b"one\nfour\n", None, Depth::Full),
        (FileCategory::Conflict, false, true)
    );
    assert_eq!(
        check(b"ten chars!", Some(then), Depth::Quick),
        (FileCategory::Identical, false, false)
    );
    assert_eq!(
        check(b"ten chars!", None, Depth::Quick),
        (FileCategory::Conflict, false, true)
    );
}

#[test]
fn a_scan_counts_what_is_only_on_one_side() {
    let (disk, files) = repo();
    disk.put("/repo/docs/deep/other.md", "x");
    let contents: Vec<_> = files
        .iter()
        .map(|f| (f.path.clone(), f.content.known().unwrap()))
        .collect();
    let sources = contents
        .iter()
        .map(|(path, bytes)| (path, bytes.as_slice(), None));
    let below = path("docs");
    let scan = scan(&disk, Path::new(ROOT), sources, Some(&below), Depth::Full).unwrap();
    let count = |category| scan.count(category);
    assert_eq!(scan.comparisons.len(), 4);
    assert_eq!(count(FileCategory::Identical), 1);
    assert_eq!(count(FileCategory::Conflict), 1);
    assert_eq!(count(FileCategory::SourceOnly), 1);
    assert_eq!(count(FileCategory::DestOnly), 1);
}

#[test]
fn content_that_waits_for_an_output_shows_where_it_comes_from() {
    use piton_plan::Slot;
    let mut builder = PlanBuilder::new("test");
    let handle = builder.add(FileOp::Delete {
        path: path("x"),
        was: piton_base::Digest::of(b""),
        why: "gone".to_owned(),
    });
    let id: Output<String> = Output::new("id");
    let content = Content::Pieces(vec![
        Slot::Known("gist = ".to_owned()),
        Slot::After(handle.output(&id)),
    ]);
    assert_eq!(content.known(), None);
    assert_eq!(
        content.uses()[0].to_string(),
        "<id: known after file:delete:x>"
    );
    let json = serde_json::to_string(&content).unwrap();
    assert_eq!(
        json,
        r#"{"pieces":[{"known":"gist = "},{"after":{"action":"file:delete:x","output":"id"}}]}"#
    );
    assert_eq!(serde_json::from_str::<Content>(&json).unwrap(), content);
}

#[test]
fn a_plan_of_files_shows_sizes_premises_and_differences() {
    let (disk, files) = repo();
    let plan = plan(&disk, &files, ConflictMode::Ask).unwrap();
    let style = piton_plan::render::Style::default();
    let heading = piton_plan::render::Heading::DryRun;
    insta::assert_snapshot!(piton_plan::render::text(&plan, heading, 2, style), @"
    dry run of create: 2 changes in 3 actions; nothing is changed

    ?         [ASK]  docs/differs.md — differs (ask) (will ask)
                     premise: a file with 01d09d19c213
                     asks: docs/differs.md differs (or --force)
                     beside: docs/differs_001.md
                     size: 4 bytes
                     content: sha256:7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c
                     mode: 644
                     difference:
                       --- docs/differs.md
                       +++ docs/differs.md
                       @@ -1 +1 @@
                       -old
                       +new
                     expects: a file with 7aa7a5359173
    +        [COPY]  docs/fresh.md — from the template
                     premise: no file
                     size: 6 bytes
                     content: sha256:02db0d2659c9d48bc15f81a388594fc0e3cf4c780fdc27ea21e0671afc37de19
                     mode: 644
                     expects: a file with 02db0d2659c9
    .        [SKIP]  same.md — identical
                     premise: a file with a6328afc76e9
                     expects: a file with a6328afc76e9

    1 conflict to settle
    1 copy, 1 ask, 1 unchanged, 1 will ask
    ");
}

#[test]
fn a_file_that_changed_although_no_action_names_it_is_found() {
    let (disk, files) = repo();
    disk.put("/repo/docs/bystander.md", "x");
    disk.put("/repo/docs/gone.md", "x");
    let below = path("docs");
    let look = || scan(&disk, Path::new(ROOT), [], Some(&below), Depth::Full).unwrap();
    let before = look();
    let plan = plan(&disk, &files, ConflictMode::Overwrite).unwrap();
    perform(&disk, &plan);
    let operations = || plan.actions().iter().map(piton_plan::Action::operation);
    assert_eq!(unplanned(&before, &look(), operations()), []);
    disk.put("/repo/docs/bystander.md", "y");
    disk.put("/repo/docs/new.md", "y");
    disk.remove_file(Path::new("/repo/docs/gone.md")).unwrap();
    assert_eq!(
        unplanned(&before, &look(), operations()),
        [
            path("docs/bystander.md"),
            path("docs/gone.md"),
            path("docs/new.md")
        ]
    );
}
