//! Writing the planning record, byte for byte as the original does.

use super::feedback::Feedback;
use super::state::{CompletedStep, PlanningState};
use super::step::Decision;
use crate::json::{Node, render};

impl PlanningState {
    /// Returns the bytes of `.planning/state.json`.
    pub fn encode(&self) -> Vec<u8> {
        let (decision, reason) = self.decision().unzip();
        let node = Node::Object(vec![
            ("schema_version", Node::Int(1)),
            ("target", Node::String(&self.target)),
            ("next_step", Node::String(self.cursor().as_str())),
            ("completed_steps", list(&self.completed, step_node)),
            ("started_at", Node::String(self.started_at.as_str())),
            ("updated_at", Node::String(self.updated_at.as_str())),
            ("feedback", list(&self.feedback, feedback_node)),
            ("review_findings", Node::or_null(self.position.findings())),
            (
                "final_decision",
                Node::or_null(decision.map(Decision::as_str)),
            ),
            ("final_reason", Node::or_null(reason)),
            (
                "revision_base_step_counts",
                list(&self.anchors, |anchor| Node::Int(*anchor as u64)),
            ),
        ]);
        render(&node).into_bytes()
    }
}

fn list<'a, T>(items: &'a [T], node: impl Fn(&'a T) -> Node<'a>) -> Node<'a> {
    Node::Array(items.iter().map(node).collect())
}

fn step_node(done: &CompletedStep) -> Node<'_> {
    let mut members = vec![
        ("name", Node::String(done.step.as_str())),
        ("completed_at", Node::String(done.completed_at.as_str())),
        ("outcome", Node::String(done.outcome.as_str())),
        (
            "outputs",
            Node::Object(vec![("stdout", Node::String(&done.stdout))]),
        ),
    ];
    let labels = [
        ("agent", &done.agent),
        ("model", &done.model),
        ("effort", &done.effort),
    ];
    for (key, label) in labels {
        if let Some(label) = label {
            members.push((key, Node::String(label)));
        }
    }
    Node::Object(members)
}

fn feedback_node(feedback: &Feedback) -> Node<'_> {
    Node::Object(vec![
        ("received_at", Node::String(feedback.received_at.as_str())),
        ("source", Node::String(feedback.source.as_str())),
        ("text", Node::String(&feedback.text)),
    ])
}
