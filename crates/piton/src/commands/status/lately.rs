//! What the runs of the last day came to.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use piton_loop::runs::ListedRun;
use serde::Serialize;

use crate::output::local_time;
use crate::records::overview::counted;

/// Their sums.
#[derive(Default, Serialize)]
pub(super) struct Lately {
    runs: u32,
    failed: u32,
    commits: u32,
    tokens: Option<u64>,
    #[serde(rename = "cost_usd")]
    cost: Option<f64>,
}

impl Lately {
    pub(super) fn of(listed: &[ListedRun], now: Timestamp) -> Self {
        let mut lately = Self::default();
        for summary in listed.iter().filter_map(|run| run.summary.as_ref()) {
            let ended = summary
                .finished_at
                .as_deref()
                .and_then(|at| at.parse::<Timestamp>().ok());
            let Some(ended) = ended else { continue };
            if now.duration_since(ended) > SignedDuration::from_hours(24) {
                continue;
            }
            lately.runs += 1;
            lately.failed += u32::from(summary.final_status.is_failure());
            lately.commits += summary.counts.commits_created;
            if let Some(usage) = summary.usage {
                *lately.tokens.get_or_insert(0) += usage.total();
            }
            if let Some(cost) = summary.cost_usd {
                *lately.cost.get_or_insert(0.0) += cost;
            }
        }
        lately
    }

    pub(super) fn text(&self, now: Timestamp) -> String {
        let since = local_time(now - SignedDuration::from_hours(24));
        if self.runs == 0 {
            return format!("since {since}: no run ended");
        }
        let mut text = format!(
            "since {since}: {}, {} failed, {}",
            counted(self.runs, "run"),
            self.failed,
            counted(self.commits, "commit")
        );
        if let Some(tokens) = self.tokens {
            let _ = write!(text, ", {tokens} tokens");
        }
        if let Some(cost) = self.cost {
            let _ = write!(text, ", ${cost:.2}");
        }
        text
    }
}
