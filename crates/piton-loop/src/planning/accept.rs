//! Accepting a step: from the accepted state and what the agent gave back to
//! the next accepted state. Pure.

use std::collections::BTreeSet;
use std::fmt;

use piton_migration::manifest::{MANIFEST_FILE, Manifest, Planning, Status, TransitionError};
use piton_migration::own::{OWN_FILE, OwnData, ReviewNote};
use piton_migration::planning::{
    CompletedStep, Cursor, Decision, Outcome, PlanningState, STAGES_DIR, STATE_FILE,
    StateChangeError, Step, stage_file_name,
};
use piton_migration::stamp::Stamp;
use piton_migration::text::with_newlines;

use super::brief::findings;
use super::points;
use super::products::{self, ProductError};
use super::site::Site;
use super::skip_note;
use super::snapshot::Snapshot;
use super::verdict::{Answer, Given, Verdict, VerdictError, read_answer};
use piton_migration::contents::Contents;

/// Who answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    pub(crate) agent: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) effort: Option<String>,
}

/// The next accepted state of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub contents: Contents,
    pub status: Status,
    pub outcome: StepOutcome,
    /// Why this was accepted, for the commit.
    pub why: String,
}

/// Where a step led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// Another step is next.
    Next(Step),
    /// Findings that only a person can settle.
    NeedsPerson {
        findings: String,
    },
    /// The plan may be carried out.
    Ready,
    /// The plan may be carried out once a person has looked.
    ReadyAwaitingPerson {
        reason: String,
    },
    Rejected {
        reason: String,
    },
}

impl fmt::Display for StepOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Next(next) => write!(f, "accepted; next is {next}"),
            Self::NeedsPerson { .. } => f.write_str("accepted, with findings for a person"),
            Self::Ready => f.write_str("accepted; the plan is ready"),
            Self::ReadyAwaitingPerson { reason } => {
                write!(f, "accepted; ready once a person has looked: {reason}")
            }
            Self::Rejected { reason } => write!(f, "the migration is rejected: {reason}"),
        }
    }
}

/// A step that cannot be accepted. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    #[error(transparent)]
    Verdict(#[from] VerdictError),
    #[error(transparent)]
    Product(#[from] ProductError),
    #[error(
        "{step} may only read, and it changed {}",
        .paths.join(", ")
    )]
    ReaderWrote { step: Step, paths: Vec<String> },
    #[error(
        "it changed nothing and does not answer {}; a revision that changes nothing must answer every point",
        listed(.points)
    )]
    Unanswered { points: Vec<u64> },
    #[error("the migration is not being planned")]
    NotPlanning,
    #[error("the step does not fit the planning record")]
    State(#[from] StateChangeError),
    #[error("the step does not fit the manifest")]
    Manifest(#[from] TransitionError),
}

/// Accepts what an agent left and said for `step`.
pub fn accept(
    site: &Site,
    base: &Snapshot,
    step: Step,
    produced: Contents,
    given: Given<'_>,
    labels: &Labels,
    now: Stamp,
) -> Result<Accepted, AcceptError> {
    let manifest = base.in_planning(now).ok_or(AcceptError::NotPlanning)?;
    // piton keeps these files itself; what an agent made of them is dropped.
    let contents = produced.over(&base.contents, |path| !is_reserved_path(path));
    if only_reads(step) {
        let paths = contents.changes(&base.contents);
        if !paths.is_empty() {
            let paths = paths.into_iter().map(str::to_owned).collect();
            return Err(AcceptError::ReaderWrote { step, paths });
        }
    }
    let answer = read_answer(step, &contents, given)?;
    if step == Step::Revise && contents == base.contents {
        refuse_unanswered(site, base, &answer.text)?;
    }
    let (manifest, did) = accept_products(manifest, step, &contents, now)?;
    let accepting = Accepting {
        site,
        base,
        step,
        labels,
        now,
        contents,
        did,
    };
    if (step, &answer.verdict) == (Step::Review2, &Verdict::Findings) {
        return Ok(accepting.stop_for_person(manifest, &answer));
    }
    accepting.go_on(manifest, answer)
}

/// A revision may leave the plan as it is, but not without a word about what
/// it was asked to settle.
fn refuse_unanswered(site: &Site, base: &Snapshot, answer: &str) -> Result<(), AcceptError> {
    let asked = match findings(site, base) {
        Some((_, text)) => text,
        None => base.unheard_feedback().unwrap_or_default(),
    };
    let points = points::unanswered(&asked, answer);
    if points.is_empty() {
        Ok(())
    } else {
        Err(AcceptError::Unanswered { points })
    }
}

fn listed(points: &[u64]) -> String {
    let numbers: Vec<String> = points.iter().map(u64::to_string).collect();
    let word = if points.len() == 1 { "point" } else { "points" };
    format!("{word} {}", numbers.join(", "))
}

/// Tells whether a file belongs to piton, below a migration's directory.
pub(crate) fn is_reserved_path(path: &str) -> bool {
    path == MANIFEST_FILE || path == ".planning" || path.starts_with(".planning/")
}

/// Tells whether a step has its answer as its only product.
pub(crate) fn only_reads(step: Step) -> bool {
    match step {
        Step::PickBest | Step::Review | Step::Review2 | Step::FinalReview => true,
        Step::Approaches | Step::Expand | Step::Revise => false,
    }
}

/// Checks the files of a step, and says what they are.
fn accept_products(
    manifest: Planning,
    step: Step,
    contents: &Contents,
    now: Stamp,
) -> Result<(Planning, String), ProductError> {
    Ok(match step {
        Step::Approaches => {
            let names = products::check_approaches(contents)?;
            let did = format!("approaches: {}", names.join(", "));
            (manifest.accept_step(now), did)
        }
        Step::Expand | Step::Revise => {
            let phases = products::check_plan(contents)?;
            let names: Vec<&str> = phases.iter().map(|phase| phase.name.as_str()).collect();
            let did = format!("phases: {}", names.join(", "));
            (manifest.accept_phases(phases, now), did)
        }
        Step::PickBest | Step::Review | Step::Review2 | Step::FinalReview => {
            (manifest.accept_step(now), String::new())
        }
    })
}

struct Accepting<'a> {
    site: &'a Site,
    base: &'a Snapshot,
    step: Step,
    labels: &'a Labels,
    now: Stamp,
    contents: Contents,
    did: String,
}

impl Accepting<'_> {
    /// The planning graph has no way on from here, so nothing is added to the
    /// record: the findings are kept beside it and a person is asked.
    fn stop_for_person(mut self, manifest: Planning, answer: &Answer) -> Accepted {
        let reason = format!(
            "{} still has findings; read them with `piton migration review {}`, then refine or reject",
            self.step, self.base.slug
        );
        let mut own = self.base.own.clone();
        own.review_notes.push(ReviewNote {
            at: self.now.instant(),
            step: self.step,
            text: answer.text.clone(),
        });
        let manifest = manifest.await_person(&reason, self.now).into_manifest();
        self.put_records(&manifest, &self.base.state, &own);
        Accepted {
            contents: self.contents,
            status: manifest.status(),
            outcome: StepOutcome::NeedsPerson {
                findings: answer.text.clone(),
            },
            why: format!(
                "planning.{} has findings that only a person can settle.",
                self.step
            ),
        }
    }

    fn go_on(mut self, manifest: Planning, answer: Answer) -> Result<Accepted, AcceptError> {
        let reference = self.put_stage(&answer.text);
        let (outcome, reason) = match &answer.verdict {
            Verdict::Completed => (Outcome::Completed, None),
            Verdict::Clear => (Outcome::Clear, None),
            Verdict::Findings => (Outcome::Findings, None),
            Verdict::Decided { decision, reason } => {
                (Outcome::Decided(*decision), Some(reason.as_str()))
            }
        };
        let completed = CompletedStep {
            step: self.step,
            completed_at: self.now.to_raw(),
            outcome,
            stdout: reference,
            agent: self.labels.agent.clone(),
            model: self.labels.model.clone(),
            effort: self.labels.effort.clone(),
        };
        let state = self.base.state.clone().accept(completed, reason)?;
        let (manifest, outcome) = self.decide(manifest, &state, answer.verdict)?;
        let why = self.why(&outcome, &state);
        self.put_records(&manifest, &state, &self.base.own);
        Ok(Accepted {
            contents: self.contents,
            status: manifest.status(),
            outcome,
            why,
        })
    }

    fn decide(
        &mut self,
        manifest: Planning,
        state: &PlanningState,
        verdict: Verdict,
    ) -> Result<(Manifest, StepOutcome), AcceptError> {
        let Verdict::Decided { decision, reason } = verdict else {
            return match state.cursor() {
                Cursor::Step(next) => Ok((manifest.into_manifest(), StepOutcome::Next(next))),
                // The graph ends with decisions alone.
                Cursor::Terminal(_) => Err(AcceptError::NotPlanning),
            };
        };
        Ok(match decision {
            Decision::ApproveAuto => (manifest.approve_auto()?.into_manifest(), StepOutcome::Ready),
            Decision::ApproveNeedsHuman => (
                manifest.approve_needs_human(&reason)?.into_manifest(),
                StepOutcome::ReadyAwaitingPerson { reason },
            ),
            Decision::Reject => {
                self.contents.put(
                    skip_note::SKIP_NOTE_FILE,
                    skip_note::render(
                        &self.base.slug,
                        self.base.state.target(),
                        &self.base.own,
                        &reason,
                    ),
                );
                (
                    manifest.reject().into_manifest(),
                    StepOutcome::Rejected { reason },
                )
            }
        })
    }

    /// Keeps the answer and returns the reference to it.
    fn put_stage(&mut self, text: &str) -> String {
        let taken: BTreeSet<String> = self
            .contents
            .paths()
            .filter_map(|path| path.strip_prefix(STAGES_DIR)?.strip_prefix('/'))
            .map(str::to_owned)
            .collect();
        let tail = format!("{STAGES_DIR}/{}", stage_file_name(self.step, &taken));
        self.contents.put(&tail, with_newlines(text).as_bytes());
        self.site.home(&self.base.slug).reference(&tail)
    }

    fn put_records(&mut self, manifest: &Manifest, state: &PlanningState, own: &OwnData) {
        self.contents.put(MANIFEST_FILE, manifest.encode());
        self.contents.put(STATE_FILE, state.encode());
        // Work went on, so whatever put it off is over.
        let mut own = own.clone();
        own.clear_deferral();
        self.contents.put(OWN_FILE, own.encode());
    }

    fn why(&self, outcome: &StepOutcome, state: &PlanningState) -> String {
        match outcome {
            StepOutcome::ReadyAwaitingPerson { reason } | StepOutcome::Rejected { reason } => {
                reason.clone()
            }
            StepOutcome::Ready => state
                .decision()
                .map_or_else(String::new, |(_, reason)| reason.to_owned()),
            StepOutcome::Next(next) => {
                let accepted = format!("planning.{} accepted; next step: {next}", self.step);
                if self.did.is_empty() {
                    accepted
                } else {
                    format!("{accepted}\n\n{}", self.did)
                }
            }
            StepOutcome::NeedsPerson { .. } => String::new(),
        }
    }
}
