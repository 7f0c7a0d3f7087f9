//! A run spends what it may, and no more calls are made than that.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use piton_agent::outcome::Outcome;
use piton_agent::watchdog::EndReason;
use piton_agent::{AgentCall, CallEvent, CallEvents, CallRecord, Usage};
use piton_base::Clock;
use piton_loop::deciding::limits::{DayLimit, Limits};
use piton_loop::deciding::stop::Budget;
use piton_loop::runs::RunRecord;
use piton_loop::work::{End, Piece, Shop, Worked};

use super::{Scene, phase_that_writes, refactor_that_writes, scripted};
use crate::as_script::{Played, around};
use crate::hand_clock::HandClock;

/// Plays a script, takes its time for each call, and tells what it consumes
/// before it is done.
#[derive(Debug)]
struct Dear {
    script: String,
    clock: Arc<HandClock>,
    takes: Duration,
    tokens: u64,
    dollars: f64,
    /// A file that is written while it works.
    writes: Option<PathBuf>,
    deadlines: Mutex<Vec<Duration>>,
}

impl Dear {
    fn call(&self, call: &AgentCall, events: &dyn CallEvents, play: &dyn Fn() -> Played) -> Played {
        self.deadlines.lock().unwrap().push(call.limits.deadline);
        if let Some(path) = &self.writes {
            std::fs::write(path, "somebody's").unwrap();
        }
        let usage = Some(Usage {
            output_tokens: self.tokens,
            ..Usage::default()
        });
        let cost_usd = Some(self.dollars);
        for doing in ["begins", "works"] {
            events.event(CallEvent::Progress {
                usage,
                cost_usd,
                doing: Some(doing),
            });
        }
        let mut record = play()?;
        self.clock.go_on(self.takes.min(call.limits.deadline));
        if self.takes > call.limits.deadline {
            let after = call.limits.deadline;
            record.result = Outcome::Deadline { after };
            record.ended_by = Some(EndReason::Deadline);
        }
        Ok(CallRecord {
            usage,
            cost_usd,
            ..record
        })
    }
}

struct Night {
    scene: Scene,
    agent: Dear,
}

impl Night {
    fn with(limits: Limits, script: &str) -> Self {
        let mut scene = Scene::new();
        scene.limits = limits;
        scene.tries = 3;
        Self {
            scene,
            agent: Dear {
                script: script.to_owned(),
                clock: Arc::default(),
                takes: Duration::from_secs(60),
                tokens: 1000,
                dollars: 0.5,
                writes: None,
                deadlines: Mutex::default(),
            },
        }
    }

    fn look<T>(&self, act: impl FnOnce(&Shop<'_>, &RunRecord<'_>) -> T) -> T {
        let clock = Arc::clone(&self.agent.clock);
        let agent = around(scripted(&self.agent.script), |call, events, play| {
            self.agent.call(call, events, play)
        });
        self.scene.with_agent(&agent, &*clock, act)
    }

    /// Carries out the phase; returns what came of it and the warnings.
    fn phase(&self) -> (Worked, Vec<String>) {
        self.look(|shop, run| {
            let piece = Piece::Phase(self.scene.slug.clone());
            let worked = piece.work(shop, run, &self.scene.start());
            let told = std::fs::read_to_string(run.dir().events()).unwrap();
            let warnings = (told.lines())
                .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
                .filter(|event| event["event"] == "warned")
                .map(|event| event["text"].as_str().unwrap().to_owned())
                .collect();
            (worked, warnings)
        })
    }

    fn calls(&self) -> usize {
        self.agent.deadlines.lock().unwrap().len()
    }
}

#[test]
fn a_call_has_no_more_time_than_the_run() {
    let limits = Limits {
        seconds: Some(90),
        ..Limits::default()
    };
    let night = Night::with(limits, &phase_that_writes("tidy\n"));
    // The ready check takes a minute, and the work has half of one.
    let (worked, _) = night.phase();
    assert_eq!(worked, Worked::Ended(End::CutShort(Budget::Time)));
    let deadlines = night.agent.deadlines.lock().unwrap().clone();
    let seconds: Vec<u64> = deadlines.iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [90, 30], "and it is not tried again");
    assert!(night.scene.snapshots().is_empty(), "it is no failure");
    assert_eq!(night.scene.own().failures, 0);
}

#[test]
fn a_call_that_ends_at_its_own_deadline_has_failed_whatever_the_run_has_left() {
    let limits = Limits {
        seconds: Some(9000),
        ..Limits::default()
    };
    let mut night = Night::with(limits, &phase_that_writes("tidy\n"));
    night.scene.tries = 1;
    night.agent.takes = Duration::from_secs(8000);
    let work = night.phase().0;
    assert!(matches!(work, Worked::Failed { .. }), "{work:?}");
}

#[test]
fn money_that_runs_out_during_a_call_is_told_at_once_and_the_work_is_kept() {
    let limits = Limits {
        dollars: Some(0.75),
        ..Limits::default()
    };
    let night = Night::with(limits, &phase_that_writes("tidy\n"));
    let (worked, warnings) = night.phase();
    assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
    assert_eq!(
        warnings,
        [
            "the money for this run is used up: what is under way is finished, and no new call begins"
        ]
    );
    assert_eq!(night.calls(), 2);
}

#[test]
fn what_a_call_costs_counts_for_its_day_before_it_is_over() {
    let limits = Limits {
        day: Some(DayLimit {
            dollars: 1.75,
            day: HandClock::default().local().date(),
            spent_before: 1.0,
        }),
        ..Limits::default()
    };
    let night = Night::with(limits, &phase_that_writes("tidy\n"));
    let (worked, warnings) = night.phase();
    assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("no new call begins"));
}

#[test]
fn no_call_is_made_when_the_one_before_used_up_what_there_was() {
    for limits in [
        Limits {
            dollars: Some(0.5),
            ..Limits::default()
        },
        Limits {
            tokens: Some(900),
            ..Limits::default()
        },
    ] {
        let night = Night::with(limits, &phase_that_writes("tidy\n"));
        let (worked, warnings) = night.phase();
        assert!(
            matches!(worked, Worked::Ended(End::CutShort(_))),
            "{worked:?}"
        );
        assert_eq!((night.calls(), warnings.len()), (1, 1), "{warnings:?}");
    }
    // Nor is work tried again that was red.
    let limits = Limits {
        dollars: Some(0.8),
        ..Limits::default()
    };
    let night = Night::with(limits, &phase_that_writes("BROKEN\n"));
    let (worked, _) = night.phase();
    assert_eq!(worked, Worked::Ended(End::CutShort(Budget::Money)));
    assert_eq!(night.calls(), 2);
}

#[test]
fn what_happened_during_a_call_is_told_although_the_one_to_follow_is_not_made() {
    let limits = Limits {
        dollars: Some(0.5),
        ..Limits::default()
    };
    let mut night = Night::with(limits, &phase_that_writes("tidy\n"));
    night.agent.writes = Some(night.scene.scratch.path().join("src/other.rs"));
    let (worked, warnings) = night.phase();
    assert!(
        matches!(worked, Worked::Ended(End::CutShort(_))),
        "{worked:?}"
    );
    assert_eq!(night.calls(), 1);
    let told = |text: &String| text.contains("files of your working tree changed: src/other.rs");
    assert!(warnings.iter().any(told), "{warnings:?}");
}

#[test]
fn what_a_run_cost_before_midnight_is_no_cost_of_the_day_after() {
    let today = HandClock::default().local().date();
    let limit = |day, spent_before| {
        Some(DayLimit {
            dollars: 1.0,
            day,
            spent_before,
        })
    };
    let limits = Limits {
        day: limit(today, 0.0),
        ..Limits::default()
    };
    let night = Night::with(limits, &refactor_that_writes("x\n", "done"));
    night.look(|shop, run| {
        let spend = |dollars| {
            run.update(|summary| {
                let today = night.agent.clock.local().date().to_string();
                *summary.cost_usd.get_or_insert(0.0) += dollars;
                *summary.cost_by_day.entry(today).or_insert(0.0) += dollars;
            })
            .unwrap();
        };
        let used_up = || {
            let spent = shop.allowance.spent(run);
            shop.allowance.limits().used_up(&spent)
        };
        spend(1.25);
        assert_eq!(used_up(), Some(Budget::Day));
        night.agent.clock.go_on(Duration::from_secs(13 * 60 * 60));
        let tomorrow = night.agent.clock.local().date();
        shop.allowance.begin_day(limit(tomorrow, 0.25));
        assert_eq!(used_up(), None);
        spend(0.5);
        assert_eq!(used_up(), None);
        spend(0.25);
        assert_eq!(used_up(), Some(Budget::Day));
        assert_eq!(run.summary().cost_on(today).to_string(), "1.25");
        assert_eq!(run.summary().cost_on(tomorrow).to_string(), "0.75");
    });
}
