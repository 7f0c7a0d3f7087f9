//! A file that is there already and differs: each mode settles it its own way.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, SystemTime};

use piton_durable::DiskRead as _;
use piton_plan::files::{DecideError, FileWorld, decide};
use piton_plan::{ConflictMode, Interaction, Jobs, Operation as _, prepare, verify};
use piton_testkit::SimDisk;

use super::{ROOT, ids, path, perform, performed, plan, repo, wanted};

#[test]
fn each_mode_settles_a_conflict_its_own_way() {
    let check = |mode, expected: &str| {
        let (disk, files) = repo();
        let plan = plan(&disk, &files, mode).unwrap();
        assert_eq!(
            ids(&plan),
            [expected, "file:copy:docs/fresh.md", "file:skip:same.md"],
            "{mode}"
        );
    };
    check(ConflictMode::Skip, "file:skip:docs/differs.md");
    check(ConflictMode::Overwrite, "file:overwrite:docs/differs.md");
    check(ConflictMode::Newer, "file:skip:docs/differs.md");
    check(ConflictMode::Larger, "file:skip:docs/differs.md");
    check(ConflictMode::Rename, "file:copy:docs/differs_001.md");
    check(ConflictMode::Ask, "file:ask:docs/differs.md");
    let (disk, files) = repo();
    assert_eq!(
        plan(&disk, &files, ConflictMode::Fail).unwrap_err(),
        [DecideError::Conflict {
            path: path("docs/differs.md")
        }]
    );
}

#[test]
fn newer_and_larger_replace_only_what_is_strictly_less() {
    let disk = SimDisk::new();
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
    disk.set_now(then);
    disk.put("/repo/a", "12345");
    let check = |text: &str, modified: SystemTime, mode, expected: &str| {
        let mut file = wanted("a", text);
        file.modified = Some(modified);
        let operation = decide(&disk, Path::new(ROOT), &file, mode).unwrap();
        assert_eq!(operation.key().verb.as_str(), expected, "{text} {mode}");
    };
    let later = then + Duration::from_nanos(1);
    check("other", then, ConflictMode::Newer, "skip");
    check("other", later, ConflictMode::Newer, "overwrite");
    check("other", later, ConflictMode::Larger, "skip");
    check("others", then, ConflictMode::Larger, "overwrite");
}

#[test]
fn a_second_plan_after_success_changes_nothing_in_any_mode() {
    for mode in ConflictMode::ALL.iter().copied() {
        if mode == ConflictMode::Fail {
            continue;
        }
        let (disk, files) = repo();
        let first = plan(&disk, &files, mode).unwrap();
        let receipts = perform(&disk, &first);
        assert!(receipts.iter().all(|r| r.outcome.is_success()), "{mode}");
        let root = Path::new(ROOT);
        let world = FileWorld {
            disk: &disk,
            root: Some(root),
        };
        assert!(
            verify(
                crate::toy::plan_id(),
                &first,
                &receipts,
                &world,
                Jobs::default()
            )
            .is_clean(),
            "{mode}"
        );
        let second = plan(&disk, &files, mode).unwrap();
        let open = usize::from(mode == ConflictMode::Ask);
        let changes = second
            .actions()
            .iter()
            .filter(|a| a.operation().key().verb.changes());
        assert_eq!(
            changes.count(),
            open,
            "{mode}: what was declined is asked again"
        );
    }
}

/// Answers every question with one word.
struct Says(&'static str);

impl piton_plan::Ask for Says {
    fn ask(
        &mut self,
        _: &piton_plan::ActionId,
        input: &piton_plan::Input,
    ) -> Result<piton_plan::Reply, piton_plan::AskError> {
        let piton_plan::InputKind::Choice(words) = &input.kind else {
            panic!("{input:?}");
        };
        assert!(words.iter().any(|word| word == self.0), "{words:?}");
        Ok(piton_plan::Reply::Text(self.0.to_owned()))
    }
}

#[test]
fn a_file_that_differs_is_replaced_or_gets_the_new_one_beside_it() {
    for (word, old, beside) in [
        ("overwrite", "new\n", None),
        ("beside", "old\n", Some("new\n")),
    ] {
        let (disk, files) = repo();
        let plan = plan(&disk, &files, ConflictMode::Ask).unwrap();
        let mut says = Says(word);
        let ready = prepare(&plan, &[], Interaction::Terminal(&mut says)).unwrap();
        let receipts = performed(&disk, &ready);
        assert!(
            receipts.iter().all(|receipt| receipt.outcome.is_good()),
            "{receipts:?}"
        );
        let world = FileWorld {
            disk: &disk,
            root: Some(Path::new(ROOT)),
        };
        let id = crate::toy::plan_id();
        let verification = verify(id, &plan, &receipts, &world, Jobs(NonZeroUsize::MIN));
        assert!(verification.is_clean(), "{word}: {verification:?}");
        let read = |name: &str| {
            let bytes = disk.read(&Path::new(ROOT).join(name)).ok()?;
            Some(String::from_utf8(bytes).unwrap())
        };
        assert_eq!(read("docs/differs.md").as_deref(), Some(old), "{word}");
        assert_eq!(read("docs/differs_001.md").as_deref(), beside, "{word}");
    }
}
