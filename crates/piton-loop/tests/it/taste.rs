//! Sessions about taste: when there is one, and what it may leave.

use std::fs;
use std::path::Path;

use piton_durable::RealDisk;
use piton_loop::prompts::PromptSet;
use piton_loop::taste::{
    DEFAULT_TASTE, Taste, TasteAnswerError, TasteMode, TastePaths, TasteRefusal, TasteSource,
    accept_answer, decide_session,
};

const INTERVIEW: TasteMode = TasteMode::Interview { force: false };

fn with(text: Option<&str>, check: impl FnOnce(&Path)) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("taste.md");
    if let Some(text) = text {
        fs::write(&path, text).unwrap();
    }
    check(&path);
}

#[test]
fn the_project_speaks_before_the_user_and_the_user_before_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let paths = TastePaths {
        project: dir.path().join("project.md"),
        global: Some(dir.path().join("global.md")),
    };
    let source = || Taste::load(&RealDisk, &paths).unwrap().source;
    assert_eq!(source(), TasteSource::BuiltIn);
    fs::write(dir.path().join("global.md"), "g").unwrap();
    assert!(matches!(source(), TasteSource::Global(_)));
    fs::write(dir.path().join("project.md"), "p").unwrap();
    assert!(matches!(source(), TasteSource::Project(_)));
    fs::write(dir.path().join("project.md"), b"\xff").unwrap();
    assert!(Taste::load(&RealDisk, &paths).is_err());
}

#[test]
fn an_interview_spares_what_somebody_wrote_unless_it_is_forced() {
    with(None, |path| {
        decide_session(&RealDisk, path, INTERVIEW).unwrap();
    });
    with(Some(DEFAULT_TASTE), |path| {
        let decision = decide_session(&RealDisk, path, INTERVIEW).unwrap();
        assert_eq!(decision.backup, None);
    });
    with(Some("ours"), |path| {
        let refused = decide_session(&RealDisk, path, INTERVIEW).unwrap_err();
        assert!(matches!(refused, TasteRefusal::Customised { .. }));
        let forced = TasteMode::Interview { force: true };
        let decision = decide_session(&RealDisk, path, forced).unwrap();
        assert!(decision.backup.unwrap().ends_with("taste.md.bak"));
    });
}

#[test]
fn a_current_file_needs_no_upgrade_and_a_missing_one_cannot_be_refined() {
    with(Some(DEFAULT_TASTE), |path| {
        let refused = decide_session(&RealDisk, path, TasteMode::Upgrade).unwrap_err();
        assert!(matches!(refused, TasteRefusal::UpToDate { .. }));
    });
    with(None, |path| {
        let refused = decide_session(&RealDisk, path, TasteMode::Refine).unwrap_err();
        assert!(matches!(refused, TasteRefusal::NothingThere { .. }));
    });
}

#[test]
fn the_header_is_kept_by_refining_and_set_by_upgrading() {
    with(Some("taste-scoping-version: 0\nours\n"), |path| {
        let refine = decide_session(&RealDisk, path, TasteMode::Refine).unwrap();
        assert_eq!(
            accept_answer(&refine, "taste-scoping-version: 0\nbetter").unwrap(),
            "taste-scoping-version: 0\nbetter\n"
        );
        let upgrade = decide_session(&RealDisk, path, TasteMode::Upgrade).unwrap();
        assert!(matches!(
            accept_answer(&upgrade, "taste-scoping-version: 0\nbetter"),
            Err(TasteAnswerError::Header { .. })
        ));
        accept_answer(&upgrade, "taste-scoping-version: 1\nbetter").unwrap();
        assert_eq!(accept_answer(&upgrade, " \n"), Err(TasteAnswerError::Empty));
    });
    with(Some("ours, without a header"), |path| {
        let refine = decide_session(&RealDisk, path, TasteMode::Refine).unwrap();
        accept_answer(&refine, "better").unwrap();
    });
}

#[test]
fn the_agent_is_told_where_to_write_and_how_to_say_that_it_is_done() {
    with(Some("ours"), |path| {
        let decision = decide_session(&RealDisk, path, TasteMode::Refine).unwrap();
        let prompts = PromptSet::built_in().unwrap();
        let prompt = decision
            .prompt(&prompts, Path::new("/work/taste.md"))
            .unwrap();
        assert!(prompt.contains("`/work/taste.md`"), "{prompt}");
        assert!(prompt.contains("`/work/taste.md.done`"), "{prompt}");
        assert!(prompt.contains("ours"), "{prompt}");
    });
}
