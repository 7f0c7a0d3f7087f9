//! Whoever is refused is told why, and what to do.

use std::path::PathBuf;

use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::person::PersonRefusal;
use piton_loop::planning::snapshot::SnapshotError;
use piton_loop::runs::{CommitPhase, ListingError};
use piton_loop::targets::Target;
use piton_loop::work::{Piece, SourcePiece};
use piton_migration::manifest::Status;
use piton_migration::own::TargetProvenance;
use piton_migration::slug::Slug;

fn slug() -> Slug {
    "add-api".parse().unwrap()
}

#[test]
fn a_step_that_is_refused_names_the_command_that_helps() {
    let not_planning = |status| StepRefusal::NotPlanning {
        slug: slug(),
        status,
    };
    let awaits = StepRefusal::AwaitsPerson {
        slug: slug(),
        reason: "who decides?".to_owned(),
    };
    for (refusal, part) in [
        (
            StepRefusal::from(SnapshotError::NotThere { slug: slug() }),
            "`piton migration list`",
        ),
        (
            SnapshotError::NoManifest { slug: slug() }.into(),
            "`piton migration doctor add-api`",
        ),
        (
            not_planning(Status::Ready),
            "`piton migration refine add-api`",
        ),
        (
            not_planning(Status::Skipped),
            "`piton migration reopen add-api --message TEXT`",
        ),
        (awaits, "`piton migration review add-api`"),
        (
            StepRefusal::Ended { slug: slug() },
            "`piton migration doctor add-api`",
        ),
        (
            StepRefusal::Taken { slug: slug() },
            "`piton migration step add-api`",
        ),
        (StepRefusal::NoCommit, "make a first commit"),
    ] {
        let hint = refusal.hint().unwrap_or_default();
        assert!(hint.contains(part), "{refusal}: {hint}");
    }
    assert_eq!(not_planning(Status::Done).hint(), None);
}

#[test]
fn files_that_are_in_the_way_are_named() {
    let dirty = StepRefusal::Dirty {
        slug: slug(),
        paths: vec![PathBuf::from("migrations/add-api/plan.md")],
    };
    let told = dirty.to_string();
    assert!(told.ends_with(": migrations/add-api/plan.md"), "{told}");
    let hint = dirty.hint().unwrap();
    assert!(hint.contains("commit these changes"), "{hint}");
}

#[test]
fn a_person_who_is_refused_hears_of_the_way_that_is_open() {
    let not_rejected = |status| PersonRefusal::NotRejected {
        slug: slug(),
        status,
    };
    let too_late = |verb, status| PersonRefusal::Over {
        verb,
        slug: slug(),
        status,
    };
    for (refusal, part) in [
        (
            not_rejected(Status::Ready),
            "`piton migration refine add-api`",
        ),
        (
            too_late("refine", Status::Skipped),
            "`piton migration reopen add-api --message TEXT`",
        ),
        (
            PersonRefusal::OpenFindings { slug: slug() },
            "`piton migration review add-api`",
        ),
        (
            PersonRefusal::PhaseLanded {
                slug: slug(),
                commits: vec!["b2".to_owned(), "a1".to_owned()],
            },
            "`git revert b2 a1`",
        ),
        (
            PersonRefusal::NothingBefore { slug: slug() },
            "`piton migration delete add-api`",
        ),
    ] {
        let hint = refusal.hint().unwrap_or_default();
        assert!(hint.contains(part), "{refusal}: {hint}");
    }
    for refusal in [
        not_rejected(Status::Done),
        too_late("refine", Status::Done),
        too_late("approve", Status::Skipped),
    ] {
        assert_eq!(refusal.hint(), None, "{refusal}");
    }
}

#[test]
fn a_run_that_is_not_there_is_looked_for_in_the_list() {
    let id = "20260601T120000-000001".parse().unwrap();
    let hint = ListingError::NotThere { id }.hint().unwrap();
    assert!(hint.contains("`piton runs list`"), "{hint}");
}

#[test]
fn what_is_worked_on_has_the_name_and_the_kind_that_its_commit_gets() {
    let source = |subject: Option<&str>| {
        Piece::Source(SourcePiece {
            target: Target::plain("all", TargetProvenance::Random, Vec::new()),
            scope: None,
            subject: subject.map(str::to_owned),
            route: false,
        })
    };
    for (piece, about, phase) in [
        (Piece::Plan(slug()), Some(slug()), CommitPhase::Planning),
        (Piece::Phase(slug()), Some(slug()), CommitPhase::Migration),
        (source(None), None, CommitPhase::Refactor),
        (source(Some("tidy")), None, CommitPhase::RunOnce),
    ] {
        assert_eq!(piece.slug(), about.as_ref());
        assert_eq!(piece.commit_phase(), phase);
    }
}
