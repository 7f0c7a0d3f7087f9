//! What a comparison of files finds and what a plan of files shows.

use std::path::Path;

use piton_plan::files::{Content, FileOp, decide};
use piton_plan::{ConflictMode, Operation, Output, PlanBuilder};
use piton_testkit::SimDisk;

use crate::files::{ROOT, path, plan, repo, wanted};

#[test]
fn a_file_that_differs_only_in_line_endings_is_said_to() {
    let disk = SimDisk::new();
    disk.put("/repo/a", "one\r\ntwo\r\n");
    let why = |text: &str| {
        let root = Path::new(ROOT);
        let decided = decide(&disk, root, &wanted("a", text), ConflictMode::Skip).unwrap();
        decided.describe().line.into_owned()
    };
    assert_eq!(why("one\r\ntwo\r\n"), "identical");
    assert_eq!(why("one\ntwo\n"), "differs only in line endings, kept");
    assert_eq!(why("one\nfour\n"), "differs, kept");
    let decided = decide(
        &disk,
        Path::new(ROOT),
        &wanted("a", "two\n"),
        ConflictMode::Overwrite,
    );
    assert!(decided.unwrap().describe().reversible, "a copy is kept");
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
