//! Reading the planning record: strict, legacy forms included.

use thiserror::Error;

use super::feedback::{Feedback, FeedbackSource};
use super::replay::{ReplayError, replay};
use super::state::{CompletedStep, PlanningState};
use super::step::{Cursor, Decision};
use crate::json::{
    DecodeError, FieldError, FieldProblem, Fields, Location, Value, parse_bytes, wrong_type,
};
use crate::stamp::RawStamp;

/// Why bytes cannot be read as a planning record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("the planning history does not replay")]
    Replay(#[source] ReplayError),
    #[error(
        "field `{field}` is `{}`, and the history leads to `{}`",
        .stored.escape_debug(), .replayed.escape_debug()
    )]
    Disagrees {
        field: &'static str,
        stored: String,
        replayed: String,
    },
}

const KNOWN: &[&str] = &[
    "schema_version",
    "target",
    "next_step",
    "completed_steps",
    "started_at",
    "updated_at",
    "feedback",
    "review_findings",
    "final_decision",
    "final_reason",
    ANCHORS,
    ANCHOR,
];
const STEP_KNOWN: &[&str] = &[
    "name",
    "completed_at",
    "outcome",
    "outputs",
    "agent",
    "model",
    "effort",
];
const FEEDBACK_KNOWN: &[&str] = &["received_at", "source", "text"];
const ANCHORS: &str = "revision_base_step_counts";
/// What versions that could reopen only once wrote.
const ANCHOR: &str = "revision_base_step_count";

impl PlanningState {
    /// Decodes the bytes of `.planning/state.json` and replays the history.
    /// Where its references point is not looked at here; see
    /// [`PlanningState::check_references`].
    pub fn decode(bytes: &[u8]) -> Result<Self, StateError> {
        let value = parse_bytes(bytes)?;
        let stored = stored(&value).map_err(DecodeError::from)?;
        let steps = stored
            .completed
            .iter()
            .map(|done| (done.step, done.outcome, done.stdout.as_str()));
        let position = replay(steps, &stored.anchors).map_err(StateError::Replay)?;
        agree(
            "next_step",
            stored.next_step.as_str(),
            position.cursor().as_str(),
        )?;
        agree(
            "review_findings",
            stored.review_findings.unwrap_or("null"),
            position.findings().unwrap_or("null"),
        )?;
        agree(
            "final_decision",
            stored.final_decision.map_or("null", Decision::as_str),
            position.decision().map_or("null", Decision::as_str),
        )?;
        match (position.decision(), stored.final_reason) {
            (None, Some(reason)) => agree("final_reason", reason, "null")?,
            (Some(_), None | Some("")) => {
                agree("final_reason", "", "a decision, which needs a reason")?;
            }
            (None, None) | (Some(_), Some(_)) => {}
        }
        Ok(Self {
            target: stored.target.to_owned(),
            started_at: RawStamp::new(stored.started_at),
            updated_at: RawStamp::new(stored.updated_at),
            completed: stored.completed,
            anchors: stored.anchors,
            feedback: stored.feedback,
            position,
            final_reason: stored.final_reason.map(str::to_owned),
        })
    }
}

fn agree(field: &'static str, stored: &str, replayed: &str) -> Result<(), StateError> {
    if stored == replayed {
        return Ok(());
    }
    Err(StateError::Disagrees {
        field,
        stored: stored.to_owned(),
        replayed: replayed.to_owned(),
    })
}

/// What the file says, before it is compared with the history.
struct Stored<'v> {
    target: &'v str,
    next_step: Cursor,
    completed: Vec<CompletedStep>,
    started_at: &'v str,
    updated_at: &'v str,
    feedback: Vec<Feedback>,
    review_findings: Option<&'v str>,
    final_decision: Option<Decision>,
    final_reason: Option<&'v str>,
    anchors: Vec<usize>,
}

fn stored<'v>(value: &'v Value<'_>) -> Result<Stored<'v>, FieldError> {
    let fields = Fields::of(value, Location::Root)?;
    fields.only(KNOWN)?;
    match fields.require("schema_version", "1")? {
        Value::Int("1") => {}
        Value::Int(other) => {
            let allowed = "1, the only version there is";
            return Err(fields.wrong("schema_version", other, allowed));
        }
        other => return Err(fields.fail("schema_version", wrong_type(other, "the integer 1"))),
    }
    Ok(Stored {
        target: fields.string("target")?,
        next_step: fields.named("next_step", "a planning step or a terminal cursor")?,
        completed: list(fields, "completed_steps", completed_step)?,
        started_at: fields.string("started_at")?,
        updated_at: fields.string("updated_at")?,
        feedback: list(fields, "feedback", feedback)?,
        review_findings: fields.nullable_string("review_findings")?,
        final_decision: match fields.nullable_string("final_decision")? {
            None => None,
            Some(_) => Some(fields.named(
                "final_decision",
                "approve-auto, approve-needs-human, reject or null",
            )?),
        },
        final_reason: fields.nullable_string("final_reason")?,
        anchors: anchors(fields)?,
    })
}

fn list<'a, T>(
    fields: Fields<'_, 'a>,
    array: &'static str,
    read: impl Fn(&Value<'a>, Location) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    fields
        .array(array)?
        .iter()
        .enumerate()
        .map(|(index, item)| read(item, Location::Item { array, index }))
        .collect()
}

fn completed_step(value: &Value<'_>, at: Location) -> Result<CompletedStep, FieldError> {
    let fields = Fields::of(value, at)?;
    fields.only(STEP_KNOWN)?;
    let label = |name| Ok(fields.optional_string(name)?.map(str::to_owned));
    Ok(CompletedStep {
        step: fields.named("name", "a planning step")?,
        completed_at: RawStamp::new(fields.string("completed_at")?),
        outcome: fields.named("outcome", "an outcome of the planning graph")?,
        stdout: {
            let value = fields.require("outputs", "an object")?;
            let outputs = Fields::of(value, fields.place("outputs"))?;
            outputs.only(&["stdout"])?;
            outputs.string("stdout")?.to_owned()
        },
        agent: label("agent")?,
        model: label("model")?,
        effort: label("effort")?,
    })
}

/// Reads feedback, or the bare string that old versions wrote.
fn feedback(value: &Value<'_>, at: Location) -> Result<Feedback, FieldError> {
    if let Value::String(text) = value {
        return Ok(Feedback {
            received_at: RawStamp::new(""),
            source: FeedbackSource::Message,
            text: text.clone().into_owned(),
        });
    }
    let fields = Fields::of(value, at)?;
    fields.only(FEEDBACK_KNOWN)?;
    Ok(Feedback {
        received_at: RawStamp::new(fields.string("received_at")?),
        source: fields.named("source", "message or file")?,
        text: fields.string("text")?.to_owned(),
    })
}

fn anchors(fields: Fields<'_, '_>) -> Result<Vec<usize>, FieldError> {
    let legacy = match fields.get(ANCHOR) {
        None | Some(Value::Null) => None,
        Some(value) => Some(anchor(value, fields.place(ANCHOR))?),
    };
    match (fields.get(ANCHORS), legacy) {
        (None, None) => Ok(Vec::new()),
        (None, Some(anchor)) => Ok(vec![anchor]),
        (Some(_), Some(_)) => Err(fields.fail(
            ANCHOR,
            FieldProblem::Other(format!("must be null or absent where `{ANCHORS}` is there")),
        )),
        (Some(_), None) => list(fields, ANCHORS, anchor),
    }
}

fn anchor(value: &Value<'_>, at: Location) -> Result<usize, FieldError> {
    const ALLOWED: &str = "a count of completed steps";
    let problem = match value {
        Value::Int(count) => match count.parse() {
            Ok(count) => return Ok(count),
            Err(_) => FieldProblem::WrongValue {
                found: (*count).to_owned(),
                allowed: ALLOWED,
            },
        },
        other => wrong_type(other, ALLOWED),
    };
    Err(FieldError {
        field: at.to_string(),
        problem,
    })
}
