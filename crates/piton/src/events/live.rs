//! What is under way, as values: a steady line for each, and a sign of life
//! every minute where lines cannot be kept steady.

use std::time::Duration;

use jiff::Timestamp;
use piton_agent::Usage;
use piton_base::terminal::{clean, cut};
use piton_loop::runs::{Event, Recorded};
use piton_plan::ActionId;

use crate::output::amount::{consumed, lasted, ticking};

/// How often a sign of life is given.
const BEAT: Duration = Duration::from_secs(60);

/// What is over sooner than this never had a line.
const WORTH_A_LINE: Duration = Duration::from_millis(400);

/// Everything under way.
#[derive(Debug, Default)]
pub(super) struct Live(Vec<UnderWay>);

#[derive(Debug)]
struct UnderWay {
    what: What,
    label: String,
    began: Timestamp,
    /// When a sign of life was given last.
    beat: Timestamp,
    usage: Option<Usage>,
    cost_usd: Option<f64>,
    /// What it said or began last, on one harmless line.
    doing: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Call(u32),
    PlanAction(ActionId),
}

impl Live {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes up what happened.
    pub(super) fn take(&mut self, told: &Recorded) {
        let at = told.at.timestamp();
        match &told.event {
            Event::CallStarted { scope, call, .. } => {
                let target = clean(&scope.target);
                let again = match scope.retry {
                    0 | 1 => String::new(),
                    again => format!(", try {again}"),
                };
                let label = format!("{} {target}{again}", scope.call_role);
                self.begin(What::Call(*call), label, at);
            }
            Event::ValidationStarted {
                call,
                commit,
                command,
            } => {
                let label = format!("validating {commit} with `{}`", clean(command));
                self.begin(What::Call(*call), label, at);
            }
            // A call of an agent has a line of its own.
            Event::PlanActionStarted { plan_action } if plan_action.category() != "agent" => {
                let label = clean(plan_action.as_str()).into_owned();
                self.begin(What::PlanAction(plan_action.clone()), label, at);
            }
            Event::CallProgress {
                call,
                usage,
                cost_usd,
                doing,
            } => {
                if let Some(one) = self.find(&What::Call(*call)) {
                    one.usage = usage.or(one.usage);
                    one.cost_usd = cost_usd.or(one.cost_usd);
                    if let Some(doing) = doing {
                        one.doing = last_line(doing);
                    }
                }
            }
            Event::CallRetrying { call, why } => {
                if let Some(one) = self.find(&What::Call(*call)) {
                    one.doing = format!("tries again: {}", last_line(why));
                }
            }
            Event::ValidationPrinted { call, text } => {
                let line = last_line(text);
                if let (Some(one), false) = (self.find(&What::Call(*call)), line.is_empty()) {
                    one.doing = line;
                }
            }
            Event::CallFinished(end) => self.end(&What::Call(end.call)),
            Event::ValidationFinished { call, .. } => self.end(&What::Call(*call)),
            Event::PlanActionSettled { receipt } => {
                self.end(&What::PlanAction(receipt.action.clone()));
            }
            // What was cut off tells no end of itself.
            Event::RunFinished(_) => self.0.retain(|one| !matches!(one.what, What::Call(_))),
            _ => {}
        }
    }

    fn begin(&mut self, what: What, label: String, at: Timestamp) {
        self.end(&what);
        self.0.push(UnderWay {
            what,
            label,
            began: at,
            beat: at,
            usage: None,
            cost_usd: None,
            doing: String::new(),
        });
    }

    fn end(&mut self, what: &What) {
        self.0.retain(|one| one.what != *what);
    }

    fn find(&mut self, what: &What) -> Option<&mut UnderWay> {
        self.0.iter_mut().find(|one| one.what == *what)
    }

    /// Returns the steady lines, each no wider than the terminal.
    pub(super) fn frame(&self, now: Timestamp, width: usize) -> Vec<String> {
        let shown = self
            .0
            .iter()
            .filter(|one| since(one.began, now) >= WORTH_A_LINE);
        shown
            .map(|one| {
                let mut parts = vec![ticking(since(one.began, now))];
                parts.extend(consumed(one.usage, one.cost_usd));
                let mut line = format!("  {}  {}", one.label, parts.join("  "));
                if !one.doing.is_empty() {
                    line.push_str("  ");
                    line.push_str(&one.doing);
                }
                cut(&line, width).into_owned()
            })
            .collect()
    }

    /// Returns a line for each that goes on for another minute.
    pub(super) fn signs_of_life(&mut self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        for one in &mut self.0 {
            if since(one.beat, now) < BEAT {
                continue;
            }
            one.beat = now;
            let mut parts = vec![lasted(since(one.began, now))];
            parts.extend(consumed(one.usage, one.cost_usd));
            let mut line = format!("  {}: {}", one.label, parts.join(", "));
            if !one.doing.is_empty() {
                line.push_str(": ");
                line.push_str(&cut(&one.doing, 120));
            }
            lines.push(line);
        }
        lines
    }
}

fn since(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or_default()
}

/// Returns the last line that says something, harmless to a terminal.
fn last_line(text: &str) -> String {
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    clean(line.unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use piton_loop::effort::EffortBudget;
    use piton_loop::runs::{CallEnd, CallScope, CallStatus};

    use super::*;

    const START: &str = "2026-05-13T12:00:00Z";

    fn at(seconds: i64) -> Timestamp {
        let start: Timestamp = START.parse().unwrap();
        start + SignedDuration::from_secs(seconds)
    }

    fn told(seconds: i64, event: Event) -> Recorded {
        Recorded {
            at: at(seconds).to_zoned(jiff::tz::TimeZone::UTC),
            run: None,
            event,
        }
    }

    fn scope() -> CallScope {
        CallScope {
            attempt: 1,
            retry: 1,
            target: "add-api".into(),
            call_role: "planning.expand".into(),
            phase_reached: "expand".into(),
            effort: EffortBudget::new(None, None).unwrap().for_call(),
        }
    }

    fn started(call: u32) -> Event {
        Event::CallStarted {
            scope: scope(),
            call,
            agent: "claude".into(),
        }
    }

    fn progress(call: u32, doing: &str) -> Event {
        Event::CallProgress {
            call,
            usage: Some(Usage {
                output_tokens: 12_345,
                ..Usage::default()
            }),
            cost_usd: Some(0.125),
            doing: Some(doing.into()),
        }
    }

    fn finished(call: u32) -> Event {
        Event::CallFinished(CallEnd {
            scope: scope(),
            call,
            call_status: CallStatus::Finished,
            returncode: None,
            summary: "accepted".into(),
            answer: None,
            usage: None,
            cost_usd: None,
            duration_ms: None,
        })
    }

    #[test]
    fn a_call_has_one_steady_line_with_all_there_is_to_know() {
        let mut live = Live::default();
        live.take(&told(0, started(1)));
        assert_eq!(live.frame(at(0), 80), [] as [&str; 0]);
        live.take(&told(
            1,
            progress(1, "reads a\nwrites \u{1b}[2Jsrc/lib.rs\n\n"),
        ));
        assert_eq!(
            live.frame(at(123), 120),
            ["  planning.expand add-api  2:03  12,345 tokens  $0.12  writes \\u{1b}[2Jsrc/lib.rs"]
        );
        let narrow = live.frame(at(123), 40);
        assert_eq!(narrow.len(), 1);
        assert!(
            piton_base::terminal::columns(&narrow[0]) <= 40,
            "{narrow:?}"
        );
        live.take(&told(124, finished(1)));
        assert!(live.is_empty());
    }

    #[test]
    fn in_a_pipe_every_minute_brings_one_sign_of_life() {
        let mut live = Live::default();
        live.take(&told(0, started(1)));
        live.take(&told(2, started(2)));
        live.take(&told(5, progress(2, "thinks")));
        assert_eq!(live.signs_of_life(at(59)), [] as [&str; 0]);
        assert_eq!(
            live.signs_of_life(at(60)),
            ["  planning.expand add-api: 1 min 0 s"]
        );
        assert_eq!(
            live.signs_of_life(at(62)),
            ["  planning.expand add-api: 1 min 0 s, 12,345 tokens, $0.12: thinks"]
        );
        assert_eq!(live.signs_of_life(at(100)), [] as [&str; 0]);
        assert_eq!(live.signs_of_life(at(122)).len(), 2);
    }

    #[test]
    fn what_never_told_its_end_goes_with_the_run() {
        let mut live = Live::default();
        live.take(&told(0, started(1)));
        live.take(&told(1, started(1)));
        assert_eq!(live.frame(at(9), 80).len(), 1, "a call is there once");
        live.take(&told(
            2,
            Event::RunFinished(piton_loop::runs::RunEnd {
                status: piton_loop::runs::FinalStatus::Interrupted,
                summary: None,
                calls: 1,
                commits: 0,
                usage: None,
                cost_usd: None,
                duration_ms: 2,
            }),
        ));
        assert!(live.is_empty());
    }
}
