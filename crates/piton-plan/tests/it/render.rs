//! Plans and receipts as people and programs see them.

use piton_plan::render::{Heading, Style, markdown, receipts, text};
use piton_plan::{Draft, Input, InputKind, Otherwise, Plan, PlanBuilder, Slot, Summary};

use crate::toy::{ID, Toy, World, make, plan_of, run, set};

pub(crate) fn plan() -> Plan<Toy> {
    let mut builder = PlanBuilder::new("create");
    let gist = builder.add(make("gist"));
    builder.add(set("BADGE_GIST_ID", Slot::After(gist.output(&ID))));
    builder.add_draft(Draft::new(set("token", 1)).after(&gist).input(Input {
        question: "the token?".to_owned(),
        flag: "--token-from".to_owned(),
        kind: InputKind::Secret,
        otherwise: Otherwise::Skip,
    }));
    builder.add(Toy::Remove {
        key: "old".to_owned(),
        was: 4,
    });
    builder.add(Toy::Keep {
        key: "same".to_owned(),
        value: 1,
    });
    builder.warn("the token cannot be read back");
    builder.note("gh.login", "somebody");
    builder.build().unwrap()
}

pub(crate) fn at(level: i8) -> String {
    text(&plan(), Heading::Run, level, Style::default())
}

#[test]
fn a_plan_is_one_line_an_action_with_marks_that_need_no_colour() {
    insta::assert_snapshot!(at(0), @"
    create: 4 changes in 5 actions

    +      [CREATE]  gist — a new number
    =         [SET]  BADGE_GIST_ID — to <id: known after toy:create:gist>
    =         [SET]  token — to 1 (will ask)
    -      [DELETE]  old — not wanted
    .        [SKIP]  same — as wanted

    ! warning: the token cannot be read back
    1 create, 2 set, 1 delete, 1 unchanged, 1 will ask, 1 warning
    ");
}

#[test]
fn higher_levels_add_dependencies_premises_and_what_is_expected() {
    insta::assert_snapshot!(at(3), @r#"
    create: 4 changes in 5 actions

    +      [CREATE]  gist — a new number
                     premise: nothing of that name
                     expects: a new number
                     id: toy:create:gist
    =         [SET]  BADGE_GIST_ID — to <id: known after toy:create:gist>
                     depends on: toy:create:gist
                     premise: nothing
                     uses: <id: known after toy:create:gist>
                     expects: to <id: known after toy:create:gist>
                     id: toy:set:BADGE_GIST_ID
    =         [SET]  token — to 1 (will ask)
                     after: toy:create:gist
                     premise: nothing
                     asks: the token? (or --token-from)
                     expects: to 1
                     id: toy:set:token
    -      [DELETE]  old — not wanted
                     premise: 4
                     expects: not wanted
                     id: toy:delete:old
    .        [SKIP]  same — as wanted
                     premise: 1
                     expects: as wanted
                     id: toy:skip:same

    known beforehand:
      gh.login = "somebody"

    ! warning: the token cannot be read back
    1 create, 2 set, 1 delete, 1 unchanged, 1 will ask, 1 warning
    "#);
}

#[test]
fn lower_levels_leave_the_counts_then_the_warnings_then_nothing() {
    insta::assert_snapshot!(at(-1), @"
    create: 4 changes in 5 actions
    ! warning: the token cannot be read back
    1 create, 2 set, 1 delete, 1 unchanged, 1 will ask, 1 warning
    ");
    insta::assert_snapshot!(at(-2), @"! warning: the token cannot be read back");
    assert_eq!(at(-3), "");
}

#[test]
fn a_rehearsal_differs_from_the_real_thing_in_the_first_line_only() {
    for level in -3..=3 {
        let lines = |heading| {
            let shown = text(&plan(), heading, level, Style::default());
            shown.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(Heading::DryRun), lines(Heading::Run));
    }
    insta::assert_snapshot!(
        text(&plan(), Heading::DryRun, -1, Style::default()).lines().next().unwrap(),
        @"dry run of create: 4 changes in 5 actions; nothing is changed"
    );
}

#[test]
fn colour_adds_nothing_but_colour() {
    let style = Style {
        colour: true,
        width: 80,
    };
    let painted = text(&plan(), Heading::Run, 3, style);
    assert!(painted.contains("\u{1b}[32m"));
    let mut plain = String::new();
    for piece in painted.split('\u{1b}') {
        let rest = piece.strip_prefix('[').and_then(|p| p.split_once('m'));
        plain.push_str(rest.map_or(piece, |(_, rest)| rest));
    }
    assert_eq!(plain, at(3));
}

#[test]
fn no_line_is_wider_than_the_terminal_unless_its_target_is() {
    let mut builder = PlanBuilder::new("create");
    for key in ["a", "a/rather/long/path/of/a/file.md", "ひらがな"] {
        let long = "what is told about it goes on and on, up to the edge and beyond it";
        builder.add_draft(Draft::new(set(key, 1)).describe(long));
    }
    let plan = builder.build().unwrap();
    for width in [60, 80] {
        let style = Style {
            colour: false,
            width,
        };
        let shown = text(&plan, Heading::Run, 0, style);
        assert!(
            shown.lines().all(|line| line.chars().count() <= width),
            "{shown}"
        );
        assert_eq!(shown.matches('…').count(), 3, "{shown}");
    }
}

#[test]
fn what_comes_from_outside_cannot_steer_the_terminal() {
    let mut builder = PlanBuilder::new("x\u{1b}[2J");
    builder.warn("\u{7}bell\r");
    builder.note("key", "\u{1b}]0;title\u{7}");
    builder.add_draft(Draft::new(set("a", 1)).describe("\u{9b}31m\nmore"));
    let plan = builder.build().unwrap();
    let shown = text(&plan, Heading::Run, 3, Style::default());
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{shown:?}"
    );
    let shown = markdown(&plan, "\u{1b}<script>");
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{shown:?}"
    );
}

#[test]
fn a_summary_is_one_line() {
    insta::assert_snapshot!(Summary::of(&plan()), @"create: 1 create, 2 set, 1 delete, 1 unchanged, 1 will ask, 1 warning");
    insta::assert_snapshot!(Summary::of(&plan_of(&[])), @"test: nothing to do");
}

#[test]
fn receipts_are_told_with_the_first_cause_of_what_was_skipped() {
    let plan = plan_of(&[
        ("a", &[]),
        ("b", &[]),
        ("c", &["b"]),
        ("d", &["c"]),
        ("e", &["d"]),
    ]);
    let report = run(&plan, &World::failing(&["b"]));
    insta::assert_snapshot!(receipts(&report.receipts, 0, Style::default()), @"
            ok  toy:set:a
        failed  toy:set:b — the line is dead
       skipped  toy:set:c — because of toy:set:b
       skipped  toy:set:d — because of toy:set:c; it began with toy:set:b, failed
       skipped  toy:set:e — because of toy:set:d; it began with toy:set:b, failed
    1 ok, 1 failed, 3 skipped
    ");
    insta::assert_snapshot!(receipts(&report.receipts, -3, Style::default()), @"    failed  toy:set:b — the line is dead");
}

#[test]
fn markdown_neither_calls_people_nor_breaks_its_table() {
    let mut builder = PlanBuilder::new("create");
    builder.add_draft(Draft::new(set("a|b`c", 1)).describe("thanks @somebody | <b>#1</b> *x*"));
    builder.warn("[link](javascript:x)");
    let plan = builder.build().unwrap();
    insta::assert_snapshot!(markdown(&plan, "Plan"), @r#"
    <!-- piton-plan -->
    ### Plan

    1 change in 1 action: 1 set, 1 warning

    | | action | target | description | notes |
    |---|---|---|---|---|
    | `=` | set | `` a\|b`c `` | thanks &#64;somebody \| &lt;b&gt;&#35;1&lt;/b&gt; \*x\* |  |

    **Warnings**

    - \[link\](javascript:x)
    "#);
}

#[test]
fn deviations_and_journals_are_told_line_by_line() {
    use crate::journal::{id, lock, run_journaled};
    use piton_plan::journal;
    use piton_plan::render;
    let disk = piton_testkit::SimDisk::new();
    let dir = std::path::Path::new("/git/piton/journals");
    let (_dir, held) = lock();
    let plan = plan_of(&[("a", &[]), ("b", &[]), ("c", &["b"])]);
    let world = World::failing(&["b"]);
    run_journaled(&disk, &held, &plan, &world);
    let found = journal::load(&disk, dir, id(1)).unwrap();
    insta::assert_snapshot!(render::journal(&found, 0, Style::default()), @"
    journal  018bcfe5-6be8-7101-8101-010101010101
    command  test
    begun    2026-05-28T20:26:40Z by piton 0
    status   incomplete

            ok  toy:set:a
        failed  toy:set:b — the line is dead
       skipped  toy:set:c — because of toy:set:b
    1 ok, 1 failed, 1 skipped

    continue with `piton journal resume 018bcfe5-6be8-7101-8101-010101010101`
    ");
    world.numbers.lock().unwrap().clear();
    let verification = piton_plan::verify(
        crate::toy::plan_id(),
        &plan,
        &found.receipts(),
        &world,
        piton_plan::Jobs::default(),
    );
    insta::assert_snapshot!(render::deviations(&verification, 0, Style::default()), @"
    deviation toy:set:a: expected to 1, found nothing
    0 verified, 1 deviation
    ");
}
