//! Counting tokens before any result tells them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{at, number, text};
use crate::usage::Usage;

/// Adds up what the messages of a stream consumed, while they come. A helper's
/// messages come between the agent's own.
#[derive(Debug, Default)]
pub(super) struct Partial {
    over: Usage,
    open: BTreeMap<String, Usage>,
    seen: bool,
}

impl Partial {
    /// Takes one `stream_event`.
    pub(super) fn event(&mut self, event: &Value) {
        let whose = text(event, &["parent_tool_use_id"]).unwrap_or_default();
        match text(event, &["event", "type"]).unwrap_or_default() {
            "message_start" => {
                if let Some(before) = self.open.remove(whose) {
                    self.over += before;
                }
                if let Some(usage) = at(event, &["event", "message", "usage"]) {
                    self.open.insert(whose.to_owned(), read(usage));
                    self.seen = true;
                }
            }
            "message_delta" => {
                let (Some(usage), Some(open)) =
                    (at(event, &["event", "usage"]), self.open.get_mut(whose))
                else {
                    return;
                };
                // Counts grow while a message comes; those left out stay.
                let now = read(usage);
                open.input_tokens = open.input_tokens.max(now.input_tokens);
                open.cached_input_tokens = open.cached_input_tokens.max(now.cached_input_tokens);
                open.cache_write_tokens = open.cache_write_tokens.max(now.cache_write_tokens);
                open.output_tokens = open.output_tokens.max(now.output_tokens);
            }
            _ => {}
        }
    }

    /// Returns the sum, or `None` where nothing was told.
    pub(super) fn sum(&self) -> Option<Usage> {
        let mut sum = self.over;
        self.open.values().for_each(|open| sum += *open);
        self.seen.then_some(sum)
    }

    /// Starts again, once a result has told what all of that was.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn read(usage: &Value) -> Usage {
    Usage {
        input_tokens: number(usage, "input_tokens"),
        cached_input_tokens: number(usage, "cache_read_input_tokens"),
        cache_write_tokens: number(usage, "cache_creation_input_tokens"),
        output_tokens: number(usage, "output_tokens"),
        reasoning_tokens: 0,
    }
}
