//! Candidates that wait, and what a power cut may take of them.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, TreeDigest, create_dirs};
use piton_migration::candidate::{Candidate, Proposal};
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_testkit::sim::{Budget, SimDisk, every_crash};
use piton_testkit::{TapDisk, input_output};

use crate::publish::world::{files, slug};

const BELOW: &str = "/work/candidates/run";

/// Proposes a new migration with these files.
pub(crate) fn proposal_of(files: impl IntoIterator<Item = (String, String)>) -> Proposal {
    let mut contents = Contents::default();
    for (path, text) in files {
        contents.put(path, text);
    }
    Proposal {
        slug: slug("rework"),
        base: TreeDigest::missing(),
        contents,
        mode: Mode::ReadyPublish,
        operation: "a test".into(),
        message: "a test".into(),
    }
}

fn proposal() -> Proposal {
    let note = ("notes/one.md".to_owned(), "# One\n".to_owned());
    proposal_of(files("rework", "new").into_iter().chain([note]))
}

fn keep(disk: &dyn Disk) -> Result<Candidate, Box<dyn std::error::Error>> {
    let (candidate, image) = proposal().build(disk, Path::new(BELOW), None)?;
    candidate.keep(disk, &image, b"{\"a\": \"note\"}")?;
    Ok(candidate)
}

#[test]
fn what_was_kept_outlasts_a_power_cut_whole_or_was_not_kept_yet() {
    let start = SimDisk::new();
    create_dirs(&start, Path::new("/work/candidates")).unwrap();
    let candidate = keep(&start.fork()).unwrap();
    let tried = every_crash(
        &start,
        Budget::default(),
        |disk| drop(keep(disk)),
        |disk, point| {
            let restored = candidate.restore(disk).unwrap();
            assert!(restored.is_some() || !point.is_end(), "{point}");
            if restored.is_some() {
                let found = TreeDigest::of(disk, &candidate.dir).unwrap();
                assert_eq!(found, candidate.digest, "{point}");
            }
        },
    );
    println!("{tried}");
}

#[test]
fn a_candidate_is_what_is_proposed_whatever_lay_in_its_place_or_why_it_is_not() {
    let disk = SimDisk::new();
    create_dirs(&disk, Path::new(BELOW)).unwrap();
    disk.put(format!("{BELOW}/rework/of-another-run.md"), "old");
    let (candidate, _) = proposal().build(&disk, Path::new(BELOW), None).unwrap();
    assert_eq!(
        TreeDigest::of(&disk, &candidate.dir).unwrap(),
        candidate.digest
    );
    let other = candidate.dir.join("of-another-run.md");
    assert_eq!(disk.stat(&other).unwrap(), None);
    candidate.remove(&disk).unwrap();
    assert_eq!(
        disk.stat(Path::new(BELOW)).unwrap(),
        None,
        "nothing else was there"
    );
    let files = files("rework", "new").into_iter();
    let planless = proposal_of(files.filter(|(path, _)| path != "plan.md"));
    let refused = planless.build(&disk, Path::new(BELOW), None).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "rework would not be consistent: there is no plan.md"
    );
}

#[test]
fn a_candidate_that_somebody_changed_is_put_back_from_its_copy_and_refused_without() {
    let disk = SimDisk::new();
    create_dirs(&disk, Path::new("/work/candidates")).unwrap();
    let candidate = keep(&disk).unwrap();
    let plan = candidate.dir.join("plan.md");
    let torn = || {
        disk.remove_file(&plan).unwrap();
        disk.write_new(&plan, b"", 0o644).unwrap();
    };
    torn();
    assert!(candidate.is_there(&disk).unwrap());
    assert!(candidate.restore(&disk).unwrap().is_some());
    assert_eq!(disk.read(&plan).unwrap(), b"# Plan\n\nnew\n");
    torn();
    disk.remove_file(&candidate.note()).unwrap();
    assert!(!candidate.is_there(&disk).unwrap());
    assert_eq!(candidate.restore(&disk).unwrap(), None);
}

#[test]
fn an_answer_that_a_disk_does_not_give_is_not_taken_for_one_that_is_gone() {
    let disk = SimDisk::new();
    create_dirs(&disk, Path::new("/work/candidates")).unwrap();
    let candidate = keep(&disk).unwrap();
    let (dir, note) = (candidate.dir.clone(), candidate.note());
    let failing = |paths: Vec<PathBuf>| {
        TapDisk::looking(disk.clone(), move |path| {
            if paths.iter().any(|at| path.starts_with(at)) {
                return Err(input_output());
            }
            Ok(())
        })
    };
    // One of two places is enough.
    assert!(candidate.is_there(&failing(vec![dir.clone()])).unwrap());
    assert!(candidate.is_there(&failing(vec![note.clone()])).unwrap());
    let neither = failing(vec![dir, note]);
    let found = candidate.is_there(&neither);
    assert!(found.is_err(), "{found:?}");
    let restored = candidate.restore(&neither);
    assert!(restored.is_err(), "{restored:?}");
    assert!(candidate.restore(&disk).unwrap().is_some());
}
