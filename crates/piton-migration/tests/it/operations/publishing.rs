//! A publish of a plan, from the edits of a person or the answer of an agent.

use std::fs;
use std::path::Path;

use piton_durable::{RealDisk, TreeDigest};
use piton_git::{GitRead, Tip};
use piton_migration::candidate::{Candidate, Proposal};
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_migration::operation::{Hooked, MigrationEvent, Next, Publish, Settled};
use piton_migration::secret::Secret;
use piton_plan::{Failure, Operation, Outcome, Slot};

use super::{Desk, plan_of, says_no, told};
use crate::publish::world::slug;

const PLAN: &str = "migrations/rework/plan.md";

impl Desk {
    fn contents(&self) -> Contents {
        let live = self.live.migration(&slug("rework"));
        Contents::read(&RealDisk, &live).unwrap().unwrap()
    }

    fn tip(&self) -> Tip {
        self.git.tip().unwrap()
    }

    fn proposal(&self, change: impl FnOnce(&mut Contents)) -> Proposal {
        let mut contents = self.contents();
        change(&mut contents);
        Proposal {
            slug: slug("rework"),
            base: self.world.digest("rework"),
            contents,
            mode: Mode::ReadyPublish,
            operation: "refine".to_owned(),
            message: "piton: refine rework\n\nIn other words.\n".to_owned(),
        }
    }

    /// Publishes the migration with its plan written again and without its notes.
    fn editing(&self, plan: &str) -> Publish {
        let proposal = self.proposal(|contents| {
            contents.put("plan.md", plan);
            *contents = contents
                .clone()
                .over(&Contents::default(), |path| !path.starts_with("notes/"));
        });
        let destination = "migrations/rework".to_owned();
        Publish::changing(&self.contents(), destination, proposal, self.tip())
    }

    /// What an agent made, kept as an answer is.
    fn candidate(&self, plan: &str) -> Candidate {
        let proposal = self.proposal(|contents| contents.put("plan.md", plan));
        let below = self.state.candidates().join("a-run");
        proposal.build(&RealDisk, &below, None).unwrap().0
    }

    fn publishing(&self, candidate: &Candidate) -> Publish {
        Publish {
            next: Next::Candidate(Slot::Known(candidate.clone())),
            ..self.editing("")
        }
    }

    /// Whether any candidate lies about.
    fn is_anything_left(&self) -> bool {
        fs::read_dir(self.state.candidates()).is_ok_and(|mut all| all.next().is_some())
    }
}

fn refusals(desk: &Desk) -> usize {
    let refused = |event: &MigrationEvent| matches!(event, MigrationEvent::Refused { .. });
    desk.events().iter().filter(|event| refused(event)).count()
}

#[test]
fn edits_are_published_in_one_commit_and_told() {
    let mut desk = Desk::new();
    let tip = desk.tip();
    let operation = desk.editing("# Other\n");
    let touched = operation.describe().touches;
    assert_eq!(
        touched,
        ["migrations/rework/notes/deep/more.md", PLAN],
        "and nothing else"
    );
    let premise = operation.describe().premise.unwrap().into_owned();
    let base = operation.base.short();
    assert_eq!(premise, format!("the migration at {base}, on {tip}"));
    let plan = plan_of(operation.clone());
    let receipt = desk.perform(&plan);
    assert!(desk.verified(&plan, receipt.clone()));
    let said = told(receipt);
    let head = desk.world.repo.git(&["rev-parse", "HEAD"]);
    assert_eq!(said, format!("ok committed as {}", &head[..10]));
    let repo = &desk.world.repo;
    assert_eq!(repo.read(PLAN), "# Other\n");
    assert!(!repo.exists("migrations/rework/notes"));
    assert_eq!(repo.subjects()[0], "piton: refine rework");
    assert_eq!(repo.status(), "");
    assert!(!desk.is_anything_left());
    let events = desk.events();
    let [
        MigrationEvent::Published {
            subject,
            on,
            commit,
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(subject, "piton: refine rework");
    assert_eq!(on.as_ref(), Some(&tip));
    assert_eq!(commit.as_deref(), Some(head.trim()));
    desk.settled = Settled::default();
    assert_eq!(desk.does(operation), "already so", "to another process too");
    let repo = &desk.world.repo;
    repo.write(PLAN, "by hand\n");
    let edited = desk.verified(&plan, desk.perform(&plan));
    assert!(!edited, "somebody changed it");
}

#[test]
fn edits_of_what_somebody_changed_meanwhile_are_refused() {
    let desk = Desk::new();
    let operation = desk.editing("# Other\n");
    desk.world.repo.write(PLAN, "by hand\n");
    let base = operation.base.short().to_string();
    let found = desk.world.digest("rework").short().to_string();
    assert_eq!(
        desk.does(operation),
        format!(
            "conflict: it changed since the plan was made: expected the migration at {base}, \
             found the migration at {found}"
        )
    );
    assert_eq!(desk.world.repo.read(PLAN), "by hand\n");
}

#[test]
fn nothing_is_published_on_another_branch_or_in_the_middle_of_a_merge() {
    let desk = Desk::new();
    let operation = desk.editing("# Other\n");
    let repo = &desk.world.repo;
    repo.git(&["switch", "--quiet", "--create", "side"]);
    let said = desk.does(operation.clone());
    assert!(said.contains("is checked out; check out"), "{said}");
    repo.git(&["switch", "--quiet", "main"]);
    fs::write(
        repo.path().join(".git/MERGE_HEAD"),
        repo.git(&["rev-parse", "HEAD"]),
    )
    .unwrap();
    let said = desk.does(operation.clone());
    let premise = "conflict: it changed since the plan was made: expected nothing begun with git";
    assert!(said.starts_with(premise), "{said}");
    assert!(said.contains("a merge is under way"), "{said}");
    fs::remove_file(repo.path().join(".git/MERGE_HEAD")).unwrap();
    let said = desk.does(operation);
    assert!(said.starts_with("ok committed"), "{said}");
}

#[test]
fn what_the_user_s_hooks_make_of_it_is_what_is_published() {
    let mut desk = Desk::new();
    desk.hook = Some(|what| {
        let mut contents = what.contents.clone();
        contents.put("plan.md", "# Tidied\n");
        Ok(Some(Hooked {
            contents,
            message: format!("{}Checked-by: a hook\n", what.message),
        }))
    });
    let operation = desk.editing("# Other\n");
    let plan = plan_of(operation);
    let receipt = desk.perform(&plan);
    assert_eq!(receipt.outcome, Outcome::Ok);
    assert!(desk.verified(&plan, receipt.clone()), "hooks may do that");
    let repo = &desk.world.repo;
    assert_eq!(repo.read(PLAN), "# Tidied\n");
    assert!(
        repo.git(&["log", "-1", "--format=%B"])
            .contains("Checked-by: a hook")
    );
    let head = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    assert_eq!(*desk.heard.lock().unwrap(), [head]);
    assert!(!desk.is_anything_left());
    repo.git(&["reset", "--quiet", "--soft", "HEAD^"]);
    assert!(!desk.verified(&plan, receipt.clone()), "it is in no commit");
    repo.git(&["reset", "--quiet", "--soft", "ORIG_HEAD"]);
    assert!(desk.verified(&plan, receipt.clone()));
    repo.write("migrations/rework/more.md", "by hand\n");
    assert!(!desk.verified(&plan, receipt.clone()), "but nobody else");
    repo.commit_all("by hand");
    assert!(!desk.verified(&plan, receipt), "not in a commit either");
}

#[test]
fn a_message_that_a_hook_changed_is_the_message_of_the_commit() {
    let mut desk = Desk::new();
    desk.hook = Some(|what| {
        let contents = what.contents.clone();
        let message = format!("{}Signed-off-by: me\n", what.message);
        Ok(Some(Hooked { contents, message }))
    });
    let said = desk.does(desk.editing("# Other\n"));
    assert!(said.starts_with("ok committed as "), "{said}");
    let message = desk.world.repo.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("\nSigned-off-by: me\n"), "{message}");
}

#[test]
fn a_hook_that_says_no_or_spoils_it_publishes_nothing() {
    let mut desk = Desk::new();
    let before = desk.world.digest("rework");
    let operation = desk.editing("# Other\n");
    desk.hook = Some(says_no);
    assert_eq!(desk.does(operation.clone()), "conflict: not on a Friday");
    assert!(!desk.is_anything_left(), "a plan makes it again");
    desk.hook = Some(|what| {
        let contents = what
            .contents
            .clone()
            .over(&Contents::default(), |path| path != "phase-1-one.md");
        let message = what.message.to_owned();
        Ok(Some(Hooked { contents, message }))
    });
    let said = desk.does(operation.clone());
    let because = "io: a hook changed the migration, and it cannot be published any more: ";
    assert!(said.starts_with(because), "{said}");
    desk.secrets = vec![Secret::new("API_TOKEN", "s3cr3t-t0k3n-of-mine").unwrap()];
    desk.hook = Some(|what| {
        let mut contents = what.contents.clone();
        contents.put("notes.md", "s3cr3t-t0k3n-of-mine");
        let message = what.message.to_owned();
        Ok(Some(Hooked { contents, message }))
    });
    assert_eq!(
        desk.does(operation),
        "io: the value of API_TOKEN is in notes.md of the candidate; it is not published"
    );
    assert_eq!(desk.world.digest("rework"), before);
    assert_eq!(refusals(&desk), 3);
    assert_eq!(*desk.heard.lock().unwrap(), [""; 0]);
    assert!(!desk.is_anything_left(), "least of all the secret");
}

#[test]
fn a_hook_that_changes_nothing_leaves_the_candidate_as_it_is() {
    let mut desk = Desk::new();
    desk.hook = Some(|what| {
        let contents = what.contents.clone();
        let message = what.message.to_owned();
        Ok::<_, Failure>(Some(Hooked { contents, message }))
    });
    let said = desk.does(desk.editing("# Other\n"));
    assert!(said.starts_with("ok committed as "), "{said}");
    assert_eq!(desk.world.repo.read(PLAN), "# Other\n");
    assert!(!desk.is_anything_left());
}

#[test]
fn an_accepted_answer_is_published_and_goes_with_it() {
    let mut desk = Desk::new();
    let candidate = desk.candidate("# Agreed\n");
    let operation = desk.publishing(&candidate);
    let said = desk.does(operation.clone());
    assert!(said.starts_with("ok committed as "), "{said}");
    assert_eq!(desk.world.repo.read(PLAN), "# Agreed\n");
    let found = TreeDigest::of(&RealDisk, &desk.live.migration(&slug("rework"))).unwrap();
    assert_eq!(found, candidate.digest);
    assert!(!candidate.dir.exists());
    desk.settled = Settled::default();
    assert_eq!(desk.does(operation), "already so");
}

#[test]
fn an_answer_that_was_changed_or_holds_a_secret_is_not_published() {
    let mut desk = Desk::new();
    desk.secrets = vec![Secret::new("API_TOKEN", "s3cr3t-t0k3n-of-mine").unwrap()];
    let candidate = desk.candidate("s3cr3t-t0k3n-of-mine\n");
    assert_eq!(
        desk.does(desk.publishing(&candidate)),
        "io: the value of API_TOKEN is in plan.md of the candidate; it is not published"
    );
    desk.secrets.clear();
    fs::write(candidate.dir.join("plan.md"), "changed\n").unwrap();
    let said = desk.does(desk.publishing(&candidate));
    let changed = format!(
        "conflict: the candidate in {} was changed after it was accepted",
        candidate.dir.display()
    );
    assert_eq!(said, changed);
    assert_eq!(desk.world.repo.subjects()[0], "a migration");
    assert!(Path::new(&candidate.dir).is_dir(), "it was paid for");
}
