//! What is under way, as values: a steady line for each call or each job, and a
//! sign of life every minute where lines cannot be kept steady.

use std::time::Duration;

use jiff::Timestamp;
use piton_agent::Usage;
use piton_base::terminal::{clean, cut};
use piton_loop::runs::{CallScope, Event, Recorded};

use super::seats::Seats;
use super::under_way::{UnderWay, What, since};
use crate::output::amount::{consumed, lasted, ticking};

/// How often a sign of life is given.
const BEAT: Duration = Duration::from_secs(60);

/// What is over sooner than this never had a line.
const WORTH_A_LINE: Duration = Duration::from_millis(400);

/// Everything under way.
#[derive(Debug, Default)]
pub(super) struct Live {
    under_way: Vec<UnderWay>,
    seats: Seats,
}

/// No more jobs have a line each: the block has to fit on the terminal.
const LINES: usize = 12;

impl Live {
    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty() && !self.seats.anybody_is_at_work()
    }

    /// Takes up what happened.
    pub(super) fn take(&mut self, told: &Recorded) {
        let at = told.at.timestamp();
        self.seats.take(told);
        let job = told.job.filter(|_| self.seats.name(told.job).is_some());
        match &told.event {
            Event::CallStarted { scope, call, .. } => {
                self.begin(What::Call(*call), job, label_of(scope, job), at);
            }
            Event::ValidationStarted {
                call,
                commit,
                command,
            } => {
                let label = format!("validating {commit} with `{}`", clean(command));
                self.begin(What::Call(*call), job, label, at);
            }
            // A call of an agent has a line of its own.
            Event::PlanActionStarted { plan_action } if plan_action.category() != "agent" => {
                let label = clean(plan_action.as_str()).into_owned();
                self.begin(What::PlanAction(plan_action.clone()), job, label, at);
            }
            Event::CallProgress {
                call,
                usage,
                cost_usd,
                doing,
            } => {
                self.consumed(*call, *usage, *cost_usd);
                self.doing(*call, doing.as_deref().map(last_line));
            }
            Event::CallRetrying { call, why } => {
                self.doing(*call, Some(format!("tries again: {}", last_line(why))));
            }
            Event::ValidationPrinted { call, text } => {
                self.doing(*call, Some(last_line(text)).filter(|line| !line.is_empty()));
            }
            Event::CallFinished(end) => self.end(&What::Call(end.call)),
            Event::ValidationFinished { call, .. } => self.end(&What::Call(*call)),
            Event::PlanActionSettled { receipt } => {
                self.end(&What::PlanAction(receipt.action.clone()));
            }
            // What was cut off tells no end of itself.
            Event::RunFinished(_) => self
                .under_way
                .retain(|one| !matches!(one.what, What::Call(_))),
            Event::ArtifactsReady { .. }
            | Event::EffortBudgetConfigured { .. }
            | Event::RunStarted(_)
            | Event::ActionStarted { .. }
            | Event::ActionFinished(_)
            | Event::EffortResolved(_)
            | Event::CallLaunched { .. }
            | Event::CallPrinted { .. }
            | Event::CallEnding { .. }
            | Event::PlanActionStarted { .. }
            | Event::Published { .. }
            | Event::Committed { .. }
            | Event::StepFailed { .. }
            | Event::Recovered { .. }
            | Event::Noted { .. }
            | Event::Warned { .. }
            | Event::Interrupted => {}
        }
    }

    fn begin(&mut self, what: What, job: Option<u32>, label: String, at: Timestamp) {
        self.end(&what);
        self.under_way.push(UnderWay {
            what,
            job,
            label,
            began: at,
            beat: at,
            usage: None,
            cost_usd: None,
            doing: String::new(),
        });
    }

    /// Notes what a call used up so far, where that is told.
    fn consumed(&mut self, call: u32, usage: Option<Usage>, cost_usd: Option<f64>) {
        if let Some(one) = self.find(&What::Call(call)) {
            one.usage = usage.or(one.usage);
            one.cost_usd = cost_usd.or(one.cost_usd);
        }
    }

    /// Notes what a call does now, where that is told.
    fn doing(&mut self, call: u32, doing: Option<String>) {
        if let (Some(one), Some(doing)) = (self.find(&What::Call(call)), doing) {
            one.doing = doing;
        }
    }

    fn end(&mut self, what: &What) {
        self.under_way.retain(|one| one.what != *what);
    }

    fn find(&mut self, what: &What) -> Option<&mut UnderWay> {
        self.under_way.iter_mut().find(|one| one.what == *what)
    }

    /// Returns the steady lines, each no wider than the terminal.
    pub(super) fn frame(&self, now: Timestamp, width: usize) -> Vec<String> {
        let of_jobs = self.seats.lines().take(LINES).map(|job| {
            let Some(began) = self.seats.since(job) else {
                return format!("  [{job}] free");
            };
            let name = self.seats.name(Some(job)).unwrap_or_default();
            match self.under_way.iter().find(|one| one.job == Some(job)) {
                Some(one) => format!("  {name}  {}", one.line(now)),
                None => format!("  {name}  {}", ticking(since(began, now))),
            }
        });
        let more = self.seats.lines().skip(LINES).count();
        let more = (more > 0).then(|| format!("  and {more} more jobs"));
        let of_nobody = self
            .under_way
            .iter()
            .filter(|one| one.job.is_none() && since(one.began, now) >= WORTH_A_LINE)
            .map(|one| format!("  {}", one.line(now)));
        let mut lines: Vec<String> = of_jobs.chain(more).chain(of_nobody).collect();
        if !lines.is_empty() {
            lines.extend(self.seats.so_far().map(|said| format!("  so far: {said}")));
        }
        for line in &mut lines {
            *line = cut(line, width).into_owned();
        }
        lines
    }

    /// Returns a line for each that goes on for another minute.
    pub(super) fn signs_of_life(&mut self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        for one in &mut self.under_way {
            if since(one.beat, now) < BEAT {
                continue;
            }
            one.beat = now;
            let mut parts = vec![lasted(since(one.began, now))];
            parts.extend(consumed(one.usage, one.cost_usd));
            let name = self.seats.name(one.job);
            let name = name.map_or_else(|| "  ".to_owned(), |name| format!("{name}: "));
            let mut line = format!("{name}{}: {}", one.label, parts.join(", "));
            if !one.doing.is_empty() {
                line.push_str(": ");
                line.push_str(&cut(&one.doing, 120));
            }
            lines.push(line);
        }
        lines
    }
}

fn label_of(scope: &CallScope, job: Option<u32>) -> String {
    let again = match scope.retry {
        0 | 1 => String::new(),
        again => format!(", try {again}"),
    };
    let role = &scope.call_role;
    match job {
        Some(_) => format!("{role}{again}"),
        None => format!("{role} {}{again}", clean(&scope.target)),
    }
}

/// Returns the last line that says something, harmless to a terminal.
fn last_line(text: &str) -> String {
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    clean(line.unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use piton_agent::Usage;
    use piton_agent::sealing::SealTerms;
    use piton_base::Effort;
    use piton_loop::effort::EffortBudget;
    use piton_loop::runs::{
        ActionEnd, ActionKind, ActionOutcome, CallEnd, CallScope, CallStatus, Outset,
    };

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
            job: None,
            event,
        }
    }

    fn of_job(job: u32, seconds: i64, event: Event) -> Recorded {
        Recorded {
            job: Some(job),
            ..told(seconds, event)
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

    fn set_out(jobs: u32) -> Event {
        Event::RunStarted(Outset {
            command: "run".into(),
            agent: "claude".into(),
            model: None,
            default_effort: Effort::Low,
            max_allowed_effort: Effort::High,
            validation: None,
            jobs,
            sealed: (&SealTerms::off()).into(),
        })
    }

    fn taken_up(target: &str) -> Event {
        Event::ActionStarted {
            action: 1,
            kind: ActionKind::CleanUp,
            target: target.into(),
            files: Vec::new(),
        }
    }

    fn landed() -> Event {
        Event::ActionFinished(ActionEnd {
            action: 1,
            kind: ActionKind::CleanUp,
            target: "x".into(),
            outcome: ActionOutcome::Landed,
            summary: "landed".into(),
            commit_sha: None,
            work: None,
            failure_kind: None,
            usage: None,
            cost_usd: None,
            duration_ms: 0,
        })
    }

    #[test]
    fn each_of_several_jobs_has_a_line_that_stays() {
        let mut live = Live::default();
        live.take(&told(0, set_out(3)));
        assert!(live.is_empty());
        live.take(&of_job(1, 0, taken_up("the parser")));
        live.take(&of_job(
            2,
            1,
            taken_up("a target with a name that is much too long"),
        ));
        live.take(&of_job(2, 2, started(7)));
        live.take(&of_job(2, 3, progress(7, "reads")));
        assert_eq!(
            live.frame(at(62), 80),
            [
                "  [1] the parser  1:02",
                "  [2] a target with a name th…  planning.expand  1:00  12,345 tokens  $0.12  re…",
                "  [3] free",
            ]
        );
        assert_eq!(
            live.signs_of_life(at(63)),
            [
                "[2] a target with a name th…: planning.expand: 1 min 1 s, 12,345 tokens, $0.12: reads"
            ]
        );
        live.take(&of_job(2, 64, finished(7)));
        live.take(&of_job(2, 64, landed()));
        assert_eq!(
            live.frame(at(65), 80),
            [
                "  [1] the parser  1:05",
                "  [2] free",
                "  [3] free",
                "  so far: 1 landed"
            ]
        );
        live.take(&of_job(1, 66, landed()));
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
