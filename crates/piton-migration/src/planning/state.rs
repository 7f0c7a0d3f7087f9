//! The record of accepted planning steps.

use serde::Serialize;
use thiserror::Error;

use super::feedback::Feedback;
use super::graph::{GraphError, Position};
use super::reference::{Home, StageRef};
use super::step::{Cursor, Decision, Outcome, Step};
use crate::stamp::{RawStamp, Stamp};

/// One accepted planning step. Its serialised names are those of `show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompletedStep {
    #[serde(rename = "name")]
    pub step: Step,
    pub outcome: Outcome,
    pub completed_at: RawStamp,
    /// The output's path relative to the project root.
    #[serde(rename = "output")]
    pub stdout: String,
    /// Which agent, model and effort produced it; free text.
    pub agent: Option<String>,
    pub model: Option<String>,
    pub effort: Option<String>,
}

/// `.planning/state.json`: a history together with the position it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanningState {
    pub(super) target: String,
    pub(super) started_at: RawStamp,
    pub(super) updated_at: RawStamp,
    pub(super) completed: Vec<CompletedStep>,
    pub(super) anchors: Vec<usize>,
    pub(super) feedback: Vec<Feedback>,
    pub(super) position: Position,
    /// Set exactly where planning has ended in a decision.
    pub(super) final_reason: Option<String>,
}

/// Why a change to the record was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateChangeError {
    #[error("the planning graph has no such way")]
    Graph(#[from] GraphError),
    #[error("a decision needs a reason, and only a decision has one")]
    Reason,
    #[error("planning was reopened already and no step was accepted since")]
    ReopenedAlready,
}

impl PlanningState {
    /// Starts the record of a new plan.
    pub fn start(target: &str, now: Stamp) -> Self {
        Self {
            target: target.to_owned(),
            started_at: now.to_raw(),
            updated_at: now.to_raw(),
            completed: Vec::new(),
            anchors: Vec::new(),
            feedback: Vec::new(),
            position: Position::start(),
            final_reason: None,
        }
    }

    /// Accepts a step. `reason` belongs to a decision and to nothing else.
    pub fn accept(
        mut self,
        step: CompletedStep,
        reason: Option<&str>,
    ) -> Result<Self, StateChangeError> {
        let position = self
            .position
            .advance(step.step, step.outcome, &step.stdout)?;
        let reason = reason.filter(|reason| !reason.is_empty());
        if position.decision().is_some() != reason.is_some() {
            return Err(StateChangeError::Reason);
        }
        self.position = position;
        self.final_reason = reason.map(str::to_owned);
        self.updated_at = step.completed_at.clone();
        self.completed.push(step);
        Ok(self)
    }

    /// Keeps feedback. The position stays.
    #[must_use]
    pub fn receive(mut self, feedback: Feedback, now: Stamp) -> Self {
        self.feedback.push(feedback);
        self.updated_at = now.to_raw();
        self
    }

    /// Reopens planning for another revision. Two reopenings with no step
    /// between them cannot be recorded, so the second is refused.
    pub fn reopen(mut self, now: Stamp) -> Result<Self, StateChangeError> {
        let anchor = self.completed.len();
        if self.anchors.last() == Some(&anchor) {
            return Err(StateChangeError::ReopenedAlready);
        }
        self.position = self.position.reopen()?;
        self.final_reason = None;
        self.anchors.push(anchor);
        self.updated_at = now.to_raw();
        Ok(self)
    }

    /// Tells whether feedback at this position has to reopen planning before
    /// a step can take it up.
    pub fn must_reopen_for_feedback(&self) -> bool {
        self.position.clone().reopen().is_ok()
    }

    /// Returns the record with its references pointing at `home`, for a
    /// migrations directory that was moved. References that point nowhere
    /// near the migration stay as they are.
    #[must_use]
    pub fn rehomed(self, home: &Home) -> Self {
        self.moved(home, home)
    }

    /// The same for a migration that had its home elsewhere, under another
    /// name perhaps.
    #[must_use]
    pub fn moved(mut self, from: &Home, to: &Home) -> Self {
        let rehome = |reference: &mut String| {
            if let Ok(stage) = StageRef::resolve(reference, from) {
                *reference = to.reference(stage.tail());
            }
        };
        self.completed
            .iter_mut()
            .for_each(|step| rehome(&mut step.stdout));
        match &mut self.position {
            Position::Revise { findings }
            | Position::Review2 { findings }
            | Position::FinalReview { findings }
            | Position::Decided { findings, .. } => findings.iter_mut().for_each(rehome),
            Position::Approaches | Position::PickBest | Position::Expand | Position::Review => {}
        }
        self
    }

    /// Returns what the plan is about.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the accepted steps, the oldest first.
    pub fn completed(&self) -> &[CompletedStep] {
        &self.completed
    }

    /// Returns the counts of steps after which planning was reopened.
    pub fn anchors(&self) -> &[usize] {
        &self.anchors
    }

    /// Returns the feedback, the oldest first.
    pub fn feedback(&self) -> &[Feedback] {
        &self.feedback
    }

    /// Returns where planning stands.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Returns the cursor at that position.
    pub fn cursor(&self) -> Cursor {
        self.position.cursor()
    }

    /// Returns the decision that ended planning, with its reason.
    pub fn decision(&self) -> Option<(Decision, &str)> {
        Some((self.position.decision()?, self.final_reason.as_deref()?))
    }

    /// Returns the output of the newest accepted `step`.
    pub fn latest(&self, step: Step) -> Option<&CompletedStep> {
        self.completed.iter().rev().find(|done| done.step == step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Stamp {
        Stamp::utc("2026-06-01T00:00:00Z".parse().expect("an instant"))
    }

    fn done(step: Step, outcome: Outcome) -> CompletedStep {
        CompletedStep {
            step,
            completed_at: now().to_raw(),
            outcome,
            stdout: format!("migrations/m/.planning/stages/{step}.stdout.md"),
            agent: None,
            model: None,
            effort: None,
        }
    }

    fn reviewed() -> PlanningState {
        [
            (Step::Approaches, Outcome::Completed),
            (Step::PickBest, Outcome::Completed),
            (Step::Expand, Outcome::Completed),
            (Step::Review, Outcome::Findings),
        ]
        .into_iter()
        .fold(
            PlanningState::start("t", now()),
            |state, (step, outcome)| state.accept(done(step, outcome), None).expect("in order"),
        )
    }

    #[test]
    fn findings_stay_in_sight_until_planning_is_reopened() {
        let state = reviewed();
        let reference = "migrations/m/.planning/stages/review.stdout.md";
        assert_eq!(state.position().findings(), Some(reference));
        let state = state
            .accept(done(Step::Revise, Outcome::Completed), None)
            .expect("revise follows findings");
        assert_eq!(state.position().findings(), Some(reference));
        let state = state.reopen(now()).expect("review-2 reopens");
        assert_eq!(state.position(), &Position::Revise { findings: None });
        assert_eq!(state.anchors(), [5]);
        let again = state
            .accept(done(Step::Revise, Outcome::Completed), None)
            .and_then(|state| state.reopen(now()))
            .expect("a step was accepted since");
        assert_eq!(again.anchors(), [5, 6]);
        assert_eq!(again.reopen(now()), Err(StateChangeError::ReopenedAlready));
    }

    #[test]
    fn feedback_moves_nothing_and_reopens_where_a_review_is_over() {
        let later = Stamp::utc("2026-06-02T00:00:00Z".parse().expect("an instant"));
        let said = Feedback {
            received_at: later.to_raw(),
            source: crate::planning::FeedbackSource::Message,
            text: "no".to_owned(),
        };
        let state = reviewed();
        let told = state.clone().receive(said.clone(), later);
        assert_eq!(told.feedback(), [said]);
        assert_eq!(told.position(), state.position());
        assert_eq!(told.updated_at, later.to_raw());
        assert!(!told.must_reopen_for_feedback(), "the revision is to come");
        let revised = state
            .accept(done(Step::Revise, Outcome::Completed), None)
            .expect("revise follows findings");
        assert!(revised.must_reopen_for_feedback());
    }

    #[test]
    fn the_newest_answer_of_a_step_counts() {
        let mut again = done(Step::Revise, Outcome::Completed);
        again.stdout = "migrations/m/.planning/stages/revise-2.stdout.md".to_owned();
        let state = reviewed()
            .accept(done(Step::Revise, Outcome::Completed), None)
            .and_then(|state| state.reopen(now()))
            .and_then(|state| state.accept(again.clone(), None))
            .expect("in order");
        assert_eq!(state.latest(Step::Revise), Some(&again));
        assert_eq!(state.latest(Step::FinalReview), None);
        let first = state.latest(Step::Approaches).map(|it| it.stdout.as_str());
        assert!(first.is_some_and(|it| it.ends_with("approaches.stdout.md")));
    }

    #[test]
    fn a_step_out_of_turn_is_refused() {
        assert!(matches!(
            reviewed().accept(done(Step::Review2, Outcome::Clear), None),
            Err(StateChangeError::Graph(GraphError::WrongStep { .. }))
        ));
    }

    #[test]
    fn a_decision_needs_a_reason() {
        let state = reviewed()
            .accept(done(Step::Revise, Outcome::Completed), None)
            .and_then(|state| state.accept(done(Step::Review2, Outcome::Clear), None))
            .expect("in order");
        let decide = done(Step::FinalReview, Outcome::Decided(Decision::ApproveAuto));
        for reason in [None, Some("")] {
            assert_eq!(
                state.clone().accept(decide.clone(), reason),
                Err(StateChangeError::Reason)
            );
        }
        let decided = state.accept(decide, Some("good")).expect("with a reason");
        assert_eq!(decided.decision(), Some((Decision::ApproveAuto, "good")));
        let later = Stamp::utc("2026-06-02T00:00:00Z".parse().expect("an instant"));
        let reopened = decided.reopen(later).expect("approvals reopen");
        assert_eq!(reopened.decision(), None);
        assert_eq!(reopened.final_reason, None);
        assert_eq!(reopened.updated_at, later.to_raw());
        assert_eq!(
            reopened.reopen(now()),
            Err(StateChangeError::ReopenedAlready)
        );
    }

    #[test]
    fn a_moved_record_points_at_its_new_home() {
        let moved = reviewed().rehomed(&Home::new("plans/live", "m"));
        let expected = "plans/live/m/.planning/stages/review.stdout.md";
        assert_eq!(moved.position().findings(), Some(expected));
        assert_eq!(moved.completed()[3].stdout, expected);
    }
}
