//! What is seen while a plan is performed.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use piton_plan::{ActionId, Event, Outcome, Progress};

use crate::output::{Channel, Level, Out};

/// On a terminal a line that lives for each action under way; elsewhere a line
/// when one starts that takes its time.
#[derive(Debug)]
pub(crate) struct Reporter<'a> {
    out: &'a Out,
    bars: Option<MultiProgress>,
    live: Mutex<Vec<(ActionId, ProgressBar)>>,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(out: &'a Out) -> Self {
        let lively = out.stderr_is_terminal() && out.shows(Channel::Plan, Level::INFO);
        let bars = lively.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self {
            out,
            bars,
            live: Mutex::new(Vec::new()),
        }
    }

    fn live(&self) -> std::sync::MutexGuard<'_, Vec<(ActionId, ProgressBar)>> {
        self.live
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Progress for Reporter<'_> {
    fn event(&self, event: Event<'_>) {
        match (event, &self.bars) {
            (Event::Started { action }, Some(bars)) => {
                let style = ProgressStyle::with_template("  {spinner} {msg} ({elapsed})")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner());
                let bar = bars.add(ProgressBar::new_spinner().with_style(style));
                bar.set_message(action.to_string());
                bar.enable_steady_tick(Duration::from_millis(120));
                self.live().push((action.clone(), bar));
            }
            (Event::Settled { receipt }, Some(_)) => {
                self.live().retain(|(action, bar)| {
                    let this = *action == receipt.action;
                    if this {
                        bar.finish_and_clear();
                    }
                    !this
                });
            }
            (Event::Started { action }, None) => {
                self.out
                    .note(Channel::Plan, Level::DETAIL, &format!("started {action}"));
            }
            (Event::Settled { receipt }, None) => {
                let word = match &receipt.outcome {
                    Outcome::Ok | Outcome::AlreadySo | Outcome::Skipped(_) => {
                        receipt.outcome.word()
                    }
                    Outcome::Failed(_) => "failed",
                };
                self.out.note(
                    Channel::Plan,
                    Level::DETAIL,
                    &format!("{word} {}", receipt.action),
                );
            }
        }
    }
}
