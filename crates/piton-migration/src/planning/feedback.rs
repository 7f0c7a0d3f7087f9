//! What people said about a plan.

use serde::Serialize;

use crate::stamp::RawStamp;

piton_base::words! {
    /// How feedback arrived.
    #[derive(Hash)]
    pub enum FeedbackSource: "a source of feedback" {
        Message = "message",
        File = "file",
    }
}

/// One piece of feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feedback {
    /// When it arrived; empty for feedback of old versions.
    pub received_at: RawStamp,
    pub source: FeedbackSource,
    pub text: String,
}
