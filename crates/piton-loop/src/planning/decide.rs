//! Deciding which planning step comes next, and all that it takes.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_durable::DiskRead;
use piton_git::{Change, CommitId, GitError, GitRead, StatusEntry, Tip};
use piton_migration::consistency::{self, Finding, Mode, first_error};
use piton_migration::manifest::{MigrationState, Status};
use piton_migration::planning::{Cursor, Step};
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use super::brief::Briefing;
use super::site::Site;
use super::snapshot::{Snapshot, SnapshotError};
use crate::commit;
use crate::effort::EffortResolution;
use crate::listed::first_few;
use crate::prompts::PromptError;
use crate::runs::CallScope;

/// What a step is decided with, besides the world.
#[derive(Clone, Debug)]
pub struct StepOptions<'a> {
    pub briefing: Briefing<'a>,
    pub effort: EffortResolution,
    pub model: Option<String>,
    /// The start of the subjects of all commits.
    pub commit_prefix: &'a str,
}

/// One planning step, decided and not yet made.
#[derive(Clone, Debug)]
pub struct StepDecision {
    pub base: Snapshot,
    pub step: Step,
    /// The commit that the agent's slot shows.
    pub commit: CommitId,
    /// Where HEAD is: the branch that the step belongs on.
    pub on: Tip,
    pub effort: EffortResolution,
    pub model: Option<String>,
    pub prompt: String,
    pub schema: Option<serde_json::Value>,
    /// The subject of the commit that will record the step.
    pub subject: String,
    /// The live directory, relative to the top of the working tree.
    pub destination: String,
    /// What a reader of the plan should know.
    pub notes: Vec<String>,
}

impl StepDecision {
    /// Returns the call of the step, in the words of the run's record.
    pub(crate) fn scope(&self) -> CallScope {
        CallScope {
            attempt: 1,
            retry: 1,
            target: self.base.slug.to_string(),
            call_role: call_role(self.step).to_string(),
            phase_reached: self.step.to_string(),
            effort: self.effort.clone(),
        }
    }
}

/// Why no step can be made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StepRefusal {
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error("it is {status}")]
    NotPlanning { slug: Slug, status: Status },
    #[error("it waits for a person: {reason}")]
    AwaitsPerson { slug: Slug, reason: String },
    #[error("its planning has ended, but its manifest still says planning")]
    Ended { slug: Slug },
    #[error("it is not consistent: {}", first(.findings))]
    Inconsistent { slug: Slug, findings: Vec<Finding> },
    #[error("its directory has changes that are not committed: {}", shown(.paths))]
    Dirty { slug: Slug, paths: Vec<PathBuf> },
    #[error("a migration named {slug} already exists")]
    Taken { slug: Slug },
    #[error("nothing is committed in this repository yet")]
    NoCommit,
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
}

impl StepRefusal {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Snapshot(error) => error.hint(),
            Self::Prompt(_) => None,
            Self::NotPlanning { slug, status } => match status {
                Status::Ready | Status::InProgress => Some(format!(
                    "its plan is done; `piton migration refine {slug}` reopens it"
                )),
                Status::Skipped => Some(format!(
                    "`piton migration reopen {slug} --message TEXT` reopens it"
                )),
                Status::Planning | Status::Done => None,
            },
            Self::AwaitsPerson { slug, .. } => Some(format!(
                "`piton migration review {slug}` shows what is asked; then approve, refine or reject"
            )),
            Self::Ended { slug } | Self::Inconsistent { slug, .. } => Some(format!(
                "`piton migration doctor {slug}` says what is wrong and how to repair it"
            )),
            Self::Dirty { .. } => Some(
                "commit these changes (`git add --force` takes ignored files too), or move them \
                 out of the migration"
                    .to_owned(),
            ),
            Self::Taken { slug } => Some(format!(
                "choose another name, or continue with `piton migration step {slug}`"
            )),
            Self::NoCommit => {
                Some("make a first commit; agents work on what is committed".to_owned())
            }
            Self::Git(error) => error.hint(),
        }
    }
}

/// Decides the next step of a live migration that was read.
pub fn next_step(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    base: Snapshot,
    options: &StepOptions<'_>,
) -> Result<StepDecision, StepRefusal> {
    let slug = &base.slug;
    let step = step_of(&base)?;
    let standing = stand(git.status(&[], true)?, site, slug)?;
    let (dir, mode) = (site.live(slug), Mode::PlanningSnapshot);
    let findings = consistency::check_with(disk, &dir, slug, mode, &base.manifest);
    if first_error(&findings).is_some() {
        let slug = slug.clone();
        return Err(StepRefusal::Inconsistent { slug, findings });
    }
    let subject = commit::planning_subject(options.commit_prefix, slug.as_str(), step.as_str());
    decision(git, site, base, step, (subject, standing), options)
}

/// Returns the step that a migration in planning stands at.
pub fn step_of(base: &Snapshot) -> Result<Step, StepRefusal> {
    let slug = base.slug.clone();
    match MigrationState::from(base.manifest.clone()) {
        MigrationState::Planning(_) => {}
        // Whatever the time is: it is only asked whether there is a plan.
        MigrationState::AwaitingReview(_)
            if base
                .in_planning(Stamp::utc(jiff::Timestamp::UNIX_EPOCH))
                .is_some() => {}
        MigrationState::AwaitingReview(waiting) => {
            let reason = waiting.manifest().human_review_reason();
            let reason = reason.unwrap_or("it does not say why").to_owned();
            return Err(StepRefusal::AwaitsPerson { slug, reason });
        }
        MigrationState::Ready(_) | MigrationState::Skipped(_) | MigrationState::Done(_) => {
            let status = base.manifest.status();
            return Err(StepRefusal::NotPlanning { slug, status });
        }
    }
    match base.state.cursor() {
        Cursor::Step(step) => Ok(step),
        Cursor::Terminal(_) => Err(StepRefusal::Ended { slug }),
    }
}

/// Returns the role under which a step's call is recorded.
pub fn call_role(step: Step) -> CallRole {
    match step {
        Step::Approaches => CallRole::PlanningApproaches,
        Step::PickBest => CallRole::PlanningPickBest,
        Step::Expand => CallRole::PlanningExpand,
        Step::Review => CallRole::PlanningReview,
        Step::Revise => CallRole::PlanningRevise,
        Step::Review2 => CallRole::PlanningReview2,
        Step::FinalReview => CallRole::PlanningFinalReview,
    }
}

/// Whether git keeps a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeping {
    Committed,
    /// Git ignores the directory as a whole, and nothing of it was committed yet.
    Ignored,
}

/// What git says of the working tree before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    keeping: Keeping,
    /// Something that an agent will not see differs from HEAD.
    uncommitted: bool,
}

/// Refuses a migration whose directory differs from what is committed, ignored
/// files included: publishing would throw them away.
pub fn refuse_dirty(git: &dyn GitRead, site: &Site, slug: &Slug) -> Result<(), StepRefusal> {
    let relative = site.relative(slug);
    let entries = git.status(&[Path::new(&relative)], true)?;
    stand(entries, site, slug).map(drop)
}

/// Reads what one look at the working tree says about a migration.
fn stand(entries: Vec<StatusEntry>, site: &Site, slug: &Slug) -> Result<Standing, StepRefusal> {
    let relative = PathBuf::from(site.relative(slug));
    let uncommitted = entries.iter().any(|entry| entry.change != Change::Ignored);
    let covers = |entry: &StatusEntry| relative.starts_with(&entry.path);
    let standing = |keeping| Standing {
        keeping,
        uncommitted,
    };
    if (entries.iter()).any(|entry| entry.change == Change::Ignored && covers(entry)) {
        return Ok(standing(Keeping::Ignored));
    }
    let concerned = |entry: &StatusEntry| covers(entry) || entry.path.starts_with(&relative);
    let paths: Vec<PathBuf> = (entries.into_iter().filter(concerned))
        .map(|entry| entry.path)
        .collect();
    if paths.is_empty() {
        return Ok(standing(Keeping::Committed));
    }
    Err(StepRefusal::Dirty {
        slug: slug.clone(),
        paths,
    })
}

fn decision(
    git: &dyn GitRead,
    site: &Site,
    base: Snapshot,
    step: Step,
    (subject, standing): (String, Standing),
    options: &StepOptions<'_>,
) -> Result<StepDecision, StepRefusal> {
    let on = git.tip()?;
    let commit = on.commit.clone().ok_or(StepRefusal::NoCommit)?;
    let (prompt, schema) = options.briefing.ask(site, &base, step)?;
    let mut notes = Vec::new();
    if standing.uncommitted {
        notes.push(format!(
            "the agent sees commit {}, without your uncommitted changes",
            commit.short()
        ));
    }
    if standing.keeping == Keeping::Ignored {
        let relative = site.relative(&base.slug);
        let rule = git.ignored_by(Path::new(&relative))?;
        let because = rule.map_or_else(String::new, |rule| format!(" because of {rule}"));
        notes.push(format!(
            "git ignores {relative}{because}; it is committed all the same"
        ));
    }
    if options.effort.capped() {
        notes.push(format!(
            "effort {} was asked for, {} is allowed",
            options.effort.requested, options.effort.max_allowed
        ));
    }
    Ok(StepDecision {
        on,
        destination: site.relative(&base.slug),
        base,
        step,
        commit,
        effort: options.effort.clone(),
        model: options.model.clone(),
        prompt,
        schema,
        subject,
        notes,
    })
}

fn first(findings: &[Finding]) -> String {
    first_error(findings).map_or_else(String::new, Finding::to_string)
}

fn shown(paths: &[PathBuf]) -> String {
    first_few(5, paths.iter().map(|path| path.display())).unwrap_or_default()
}
