//! When a running agent has to be ended: a pure decision over times.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long a call may take, and how long it may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest silence while the agent itself is thinking; also how long it
    /// may do nothing but announce retries.
    pub idle: Duration,
    /// The longest silence while a tool that the agent started runs: agents say
    /// nothing then, and a test suite takes as long as it takes.
    pub tool_idle: Duration,
    /// The longest the whole call may take.
    pub deadline: Duration,
    /// How long the program may stay on after its final result.
    pub after_result: Duration,
    /// How long its processes have between the polite signal and the hard one.
    pub politeness: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(5 * 60),
            tool_idle: Duration::from_secs(30 * 60),
            deadline: Duration::from_secs(2 * 60 * 60),
            after_result: Duration::from_secs(30),
            politeness: Duration::from_secs(5),
        }
    }
}

/// What the agent is doing, as its output tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Working,
    /// A tool or a background task runs and the agent waits for it.
    InTool,
    /// It announces retries and does nothing else.
    Retrying,
    /// It keeps announcing a failure that no repetition repairs.
    Hopeless,
    /// It printed its final result.
    Finished,
}

/// Why the supervisor ended a program instead of waiting for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// Silent, or only retrying, for longer than allowed.
    Idle,
    Deadline,
    /// It kept retrying what no repetition repairs.
    Hopeless,
    /// Stayed on after its final result.
    AfterResult,
    /// piton itself was told to stop.
    Stopped,
}

/// The times at which things were last seen, all from one clock.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub(crate) started: Duration,
    pub(crate) last_output: Duration,
    pub(crate) standing: Standing,
    pub(crate) standing_since: Duration,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing before this much time has passed.
    Wait(Duration),
    End(EndReason),
}

/// Decides whether a program has used up one of its limits.
pub fn decide(now: Duration, seen: &Seen, limits: &Limits) -> Verdict {
    let (since, limit, reason) = match seen.standing {
        Standing::Hopeless => return Verdict::End(EndReason::Hopeless),
        Standing::Working => (seen.last_output, limits.idle, EndReason::Idle),
        Standing::InTool => (
            seen.last_output,
            limits.tool_idle.max(limits.idle),
            EndReason::Idle,
        ),
        // Announcements of retries are output, but no progress.
        Standing::Retrying => (seen.standing_since, limits.idle, EndReason::Idle),
        Standing::Finished => (
            seen.standing_since,
            limits.after_result,
            EndReason::AfterResult,
        ),
    };
    let quiet_left = (since + limit).saturating_sub(now);
    let time_left = (seen.started + limits.deadline).saturating_sub(now);
    if quiet_left.is_zero() {
        Verdict::End(reason)
    } else if time_left.is_zero() {
        Verdict::End(EndReason::Deadline)
    } else {
        Verdict::Wait(quiet_left.min(time_left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limits() -> Limits {
        Limits {
            idle: Duration::from_secs(10),
            tool_idle: Duration::from_secs(60),
            deadline: Duration::from_secs(100),
            after_result: Duration::from_secs(3),
            politeness: Duration::from_secs(1),
        }
    }

    fn seen(standing: Standing, last_output: u64, standing_since: u64) -> Seen {
        Seen {
            started: Duration::ZERO,
            last_output: Duration::from_secs(last_output),
            standing,
            standing_since: Duration::from_secs(standing_since),
        }
    }

    fn at(second: u64, seen: &Seen) -> Verdict {
        decide(Duration::from_secs(second), seen, &limits())
    }

    #[test]
    fn silence_ends_a_thinking_agent_but_not_one_whose_tool_runs() {
        assert_eq!(
            at(9, &seen(Standing::Working, 0, 0)),
            Verdict::Wait(Duration::from_secs(1))
        );
        assert_eq!(
            at(10, &seen(Standing::Working, 0, 0)),
            Verdict::End(EndReason::Idle)
        );
        assert_eq!(
            at(10, &seen(Standing::InTool, 0, 0)),
            Verdict::Wait(Duration::from_secs(50))
        );
        assert_eq!(
            at(60, &seen(Standing::InTool, 0, 0)),
            Verdict::End(EndReason::Idle)
        );
    }

    #[test]
    fn an_agent_that_only_announces_retries_is_as_good_as_silent() {
        assert_eq!(
            at(20, &seen(Standing::Retrying, 19, 10)),
            Verdict::End(EndReason::Idle)
        );
    }

    #[test]
    fn an_agent_whose_retries_are_hopeless_is_ended_at_once() {
        assert_eq!(
            at(1, &seen(Standing::Hopeless, 1, 1)),
            Verdict::End(EndReason::Hopeless)
        );
    }

    #[test]
    fn chatter_after_the_final_result_does_not_prolong_the_grace() {
        assert_eq!(
            at(8, &seen(Standing::Finished, 8, 5)),
            Verdict::End(EndReason::AfterResult)
        );
    }

    #[test]
    fn the_deadline_holds_however_busy_the_agent_is() {
        assert_eq!(
            at(100, &seen(Standing::Working, 99, 0)),
            Verdict::End(EndReason::Deadline)
        );
    }

    proptest! {
        #[test]
        fn waiting_as_long_as_told_always_ends_or_was_interrupted_by_output(
            now in 0u64..300, output in 0u64..300, since in 0u64..300, which in 0usize..4,
        ) {
            let standing = [Standing::Working, Standing::InTool, Standing::Retrying, Standing::Finished][which];
            let seen = seen(standing, output.min(now), since.min(now));
            let now = Duration::from_secs(now);
            if let Verdict::Wait(left) = decide(now, &seen, &limits()) {
                prop_assert!(!left.is_zero());
                prop_assert!(matches!(decide(now + left, &seen, &limits()), Verdict::End(_)));
            }
        }
    }
}
