//! What a run may take, from past records, and what it took for each line.

use jiff::Timestamp;
use piton_git::landing::lines_of;
use piton_loop::runs::RunSummary;

use crate::workshop::{Floor, Way};

/// So many of the latest runs are looked at.
const LATEST: usize = 50;

/// What past runs say of one action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Forecast {
    runs: usize,
    calls: Spread,
    seconds: Spread,
    dollars: Option<Spread>,
}

/// The middle, and what nine of ten stay above and below.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spread {
    low: f64,
    middle: f64,
    high: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let at = |tenths: usize| values[(last * tenths + 5) / 10];
        Some(Self {
            low: at(1),
            middle: at(5),
            high: at(9),
        })
    }
}

/// Looks at past runs of the same agent, the newest first.
pub(super) fn forecast(past: &[RunSummary], agent: &str) -> Option<Forecast> {
    let alike: Vec<(&RunSummary, f64, f64)> = past
        .iter()
        .filter(|run| run.command.parse::<Way>().is_ok())
        .filter(|run| run.agent.as_deref() == Some(agent) && run.counts.attempts_started > 0)
        .filter_map(|run| Some((run, f64::from(run.counts.attempts_started), lasted(run)?)))
        .take(LATEST)
        .collect();
    let each = |of: &dyn Fn(&RunSummary, f64) -> f64| {
        Spread::of(
            alike
                .iter()
                .map(|(run, actions, lasted)| of(run, *lasted) / actions)
                .collect(),
        )
    };
    let costs: Vec<f64> = alike
        .iter()
        .filter_map(|(run, actions, _)| Some(run.cost_usd? / actions))
        .collect();
    Some(Forecast {
        runs: alike.len(),
        calls: each(&|run, _| f64::from(run.counts.calls))?,
        seconds: each(&|_, lasted| lasted)?,
        dollars: Spread::of(costs),
    })
}

fn lasted(run: &RunSummary) -> Option<f64> {
    let began: Timestamp = run.started_at.parse().ok()?;
    let ended: Timestamp = run.finished_at.as_deref()?.parse().ok()?;
    Some(ended.duration_since(began).as_secs_f64().max(0.0))
}

impl Forecast {
    /// Says it in a line, for as many actions as are known to come.
    pub(super) fn told(&self, actions: Option<u32>) -> String {
        let times = f64::from(actions.unwrap_or(1).max(1));
        let what = match actions {
            Some(1) | None => "an action".to_owned(),
            Some(actions) => format!("{actions} actions"),
        };
        let of = |spread: Spread, unit: &dyn Fn(f64) -> String| {
            let middle = unit(spread.middle * times);
            let (low, high) = (unit(spread.low * times), unit(spread.high * times));
            if low == high {
                return middle;
            }
            format!("{middle} ({low} to {high})")
        };
        let by = match self.runs {
            1 => "the last run".to_owned(),
            runs => format!("the last {runs} runs"),
        };
        let mut text = format!(
            "judging by {by}, {what} may take {}, {}",
            of(self.calls, &|calls| match format!("{calls:.0}").as_str() {
                "1" => "1 call".to_owned(),
                many => format!("{many} calls"),
            }),
            of(self.seconds, &seconds)
        );
        if let Some(dollars) = self.dollars {
            text.push_str(", ");
            text.push_str(&of(dollars, &|cost| format!("${cost:.2}")));
        }
        text
    }
}

fn seconds(of: f64) -> String {
    if of < 120.0 {
        format!("{of:.0} s")
    } else {
        format!("{:.0} min", of / 60.0)
    }
}

/// Says what each accepted line cost, and which validations cannot be trusted.
pub(super) fn of(floor: &Floor<'_>, summary: &RunSummary, past: &[RunSummary]) -> Vec<String> {
    let lines = || {
        let attempts = summary.attempts.iter();
        let commits: Vec<&str> = attempts
            .filter_map(|attempt| attempt.commit_sha.as_deref())
            .collect();
        lines_of(&floor.place.repository, &commits).unwrap_or(0)
    };
    let mut told: Vec<String> = per_line(summary.cost_usd, lines).into_iter().collect();
    let flaky = summary.counts.flaky;
    if flaky > 0 {
        let command = floor.command.as_ref().map_or("", |it| it.as_str());
        let same = |run: &&RunSummary| run.test_command.as_deref() == Some(command);
        let (before, runs) = past.iter().filter(same).fold((0, 0), |(flaky, runs), run| {
            (flaky + run.counts.flaky, runs + 1)
        });
        told.push(format!(
            "`{command}` was flaky {flaky} times in this run, and {before} times in {runs} runs before"
        ));
    }
    told
}

/// Says what each line that was accepted cost.
fn per_line(cost_usd: Option<f64>, lines: impl FnOnce() -> u64) -> Option<String> {
    let cost = cost_usd.filter(|cost| *cost > 0.0)?;
    let lines = lines();
    if lines == 0 {
        return Some(format!("${cost:.2}, and no line was accepted"));
    }
    #[expect(clippy::cast_precision_loss, reason = "nobody accepts so many lines")]
    let each = cost / lines as f64;
    Some(format!(
        "${cost:.2} for {lines} accepted lines, ${each:.4} each"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(actions: u32, calls: u32, seconds: u32, cost: Option<f64>) -> RunSummary {
        let mut run = RunSummary::new("run", "/r");
        run.agent = Some("claude".to_owned());
        run.counts.attempts_started = actions;
        run.counts.calls = calls;
        run.started_at = "2026-06-01T12:00:00.000+02:00".to_owned();
        let ended: Timestamp = run.started_at.parse().unwrap();
        let ended = ended
            .checked_add(std::time::Duration::from_secs(seconds.into()))
            .unwrap();
        run.finished_at = Some(ended.to_string());
        run.cost_usd = cost;
        run
    }

    #[test]
    fn past_runs_of_the_same_agent_say_what_to_expect() {
        let past = [
            run(2, 4, 60, Some(0.4)),
            run(1, 1, 20, None),
            run(4, 8, 400, Some(2.0)),
            run(0, 0, 5, None),
        ];
        let told = forecast(&past, "claude").unwrap().told(Some(5));
        let alone = forecast(&past[..1], "claude").unwrap().told(None);
        assert_eq!(
            alone,
            "judging by the last run, an action may take 2 calls, 30 s, $0.20"
        );
        assert_eq!(
            told,
            "judging by the last 3 runs, 5 actions may take 10 calls (5 calls to 10 calls), 2 min (100 s to 8 min), $2.50 ($1.00 to $2.50)"
        );
        assert_eq!(forecast(&past, "codex"), None);
        assert_eq!(forecast(&past[3..], "claude"), None);
    }

    #[test]
    fn what_a_line_cost_is_told_where_the_agent_tells_the_cost() {
        assert_eq!(per_line(None, || 10), None);
        assert_eq!(
            per_line(Some(1.0), || 50).unwrap(),
            "$1.00 for 50 accepted lines, $0.0200 each"
        );
        assert!(per_line(Some(1.0), || 0).unwrap().contains("no line"));
    }
}
