//! Writing the manifest, byte for byte as the original does.

use super::phases::Phase;
use super::types::Manifest;
use crate::json::{Node, render};
use crate::stamp::RawStamp;
use piton_base::Effort;

impl Manifest {
    /// Returns the bytes of `manifest.json`.
    pub fn encode(&self) -> Vec<u8> {
        let node = Node::Object(vec![
            ("name", Node::String(&self.name)),
            ("created_at", Node::String(self.created_at.as_str())),
            ("last_touch", Node::String(self.last_touch.as_str())),
            (
                "wake_up_on",
                Node::or_null(self.wake_up_on.as_ref().map(RawStamp::as_str)),
            ),
            (
                "awaiting_human_review",
                Node::Bool(self.awaiting_human_review),
            ),
            (
                "human_review_reason",
                Node::or_null(self.human_review_reason.as_deref()),
            ),
            (
                "cooldown_until",
                Node::or_null(self.cooldown_until.as_ref().map(RawStamp::as_str)),
            ),
            ("status", Node::String(self.status.as_str())),
            ("current_phase", Node::String(self.current_phase_name())),
            (
                "phases",
                Node::Array(self.phases.iter().map(phase_node).collect()),
            ),
        ]);
        render(&node).into_bytes()
    }
}

fn phase_node(phase: &Phase) -> Node<'_> {
    Node::Object(vec![
        ("name", Node::String(&phase.name)),
        ("file", Node::String(&phase.file)),
        ("done", Node::Bool(phase.done)),
        ("precondition", Node::String(&phase.precondition)),
        (
            "required_effort",
            Node::or_null(phase.required_effort.map(Effort::as_str)),
        ),
        (
            "effort_reason",
            Node::or_null(phase.effort_reason.as_deref()),
        ),
    ])
}
