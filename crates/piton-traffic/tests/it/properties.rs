//! What holds over random histories of hundreds of runs.

use std::collections::BTreeMap;

use piton_traffic::collect::{
    Answers, AssetSeen, Day, DayCount, Given, JobSeen, Moment, Outcome, ReleaseSeen, RepoSeen,
    RunSeen, RunsSeen, StateRead, StepSeen, Target, collect, days_to_count,
};
use piton_traffic::ordered::{Json, Object};
use piton_traffic::state::fresh;
use proptest::prelude::*;

/// What happened on a day in the end.
#[derive(Clone, Debug)]
struct Truth {
    clones: i64,
    uniques: i64,
    views: i64,
    checkouts: i64,
    downloads: i64,
}

fn truths(days: usize) -> impl Strategy<Value = Vec<Truth>> {
    let day = (0_i64..40, 0_i64..9, 0_i64..30, 0_i64..12, 0_i64..5).prop_map(
        |(clones, uniques, views, checkouts, downloads)| Truth {
            clones: clones.max(checkouts),
            uniques: uniques.min(clones),
            views,
            checkouts,
            downloads,
        },
    );
    prop::collection::vec(day, days)
}

fn first_day() -> Day {
    Day::of("2026-01-01").unwrap()
}

/// A history of runs at the ends of days: 23:30, so that a day is whole.
struct History {
    state: Object,
    archive: BTreeMap<String, Json>,
}

impl History {
    fn new() -> Self {
        Self {
            state: fresh(),
            archive: BTreeMap::new(),
        }
    }

    fn run(&mut self, truths: &[Truth], day: usize, hour: &str) -> Outcome {
        let given = self.given(day, hour);
        let answers = answers(truths, day, &given);
        let outcome = collect(&given, &answers);
        self.keep(&outcome);
        outcome
    }

    fn given(&self, day: usize, hour: &str) -> Given {
        let today = first_day().plus(i64::try_from(day).unwrap());
        Given {
            repository: "acme/widget".to_owned(),
            now: Moment::of(&format!("{today}T{hour}:00Z")).unwrap(),
            pushed: false,
            fresh_minutes: 60,
            gist: Some("B".to_owned()),
            state: StateRead::Read(self.state.clone()),
            archive_gist: Some("A".to_owned()),
            archive: Some(self.archive.clone()),
            past: Vec::new(),
        }
    }

    fn keep(&mut self, outcome: &Outcome) {
        assert_eq!(outcome.error, None);
        for write in &outcome.writes {
            if write.target == Target::Gist("A".to_owned()) {
                self.archive.extend(write.files.iter().cloned());
            } else {
                let (_, state) = write
                    .files
                    .iter()
                    .find(|(name, _)| name == "state.json")
                    .unwrap();
                self.state = state.object().unwrap().clone();
            }
        }
    }
}

fn answers(truths: &[Truth], day: usize, given: &Given) -> Answers {
    let window = day.saturating_sub(13)..=day;
    let count = |value: fn(&Truth) -> i64, uniques: fn(&Truth) -> i64| {
        let days = window.clone().map(|at| {
            let date = first_day().plus(i64::try_from(at).unwrap());
            DayCount {
                timestamp: date.midnight(),
                day: date,
                count: value(&truths[at]),
                uniques: uniques(&truths[at]),
            }
        });
        Ok(days.collect())
    };
    let StateRead::Read(state) = &given.state else {
        unreachable!()
    };
    let runs = days_to_count(state, given.now)
        .into_iter()
        .filter_map(|asked| {
            let at = usize::try_from(asked.since(first_day())).ok()?;
            let checkouts = truths.get(at)?.checkouts;
            Some((asked, ran(checkouts)))
        });
    let downloads = truths[..=day].iter().map(|truth| truth.downloads).sum();
    Answers {
        releases: Ok(vec![ReleaseSeen {
            tag: "v1".to_owned(),
            assets: vec![AssetSeen {
                id: Some(7),
                name: "a".to_owned(),
                downloads,
            }],
        }]),
        clones: count(|truth| truth.clones, |truth| truth.uniques),
        views: count(|truth| truth.views, |_| 0),
        repo: Ok(RepoSeen {
            stars: Some(1),
            forks: Some(0),
            open_issues: Some(0),
            created_at: Some("2026-01-01T00:00:00Z".to_owned()),
        }),
        runs: runs.collect(),
        ..Answers::default()
    }
}

/// One run that checked out so many times.
fn ran(checkouts: i64) -> RunsSeen {
    let step = StepSeen {
        name: "Run actions/checkout@v4".to_owned(),
        conclusion: Some("success".into()),
        clones: 0,
    };
    let jobs = (0..checkouts)
        .map(|_| JobSeen {
            name: "test".to_owned(),
            steps: vec![step.clone()],
        })
        .collect();
    let run = RunSeen {
        name: "CI".to_owned(),
        jobs,
    };
    RunsSeen {
        runs: vec![run],
        failed: None,
    }
}

/// The same without what tells the time.
fn timeless(json: &Json) -> Json {
    match json {
        Json::Object(object) => object
            .iter()
            .filter(|(key, _)| !matches!(*key, "capturedAt" | "ciCountedAt" | "trackingSince"))
            .map(|(key, value)| (key, timeless(value)))
            .collect::<Object>()
            .into(),
        Json::List(list) => Json::List(list.iter().map(timeless).collect()),
        other => other.clone(),
    }
}

const MEASURED: [&str; 5] = [
    "totalClones",
    "totalUniqueClones",
    "totalViews",
    "totalUniqueViews",
    "totalDownloads",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn every_day_is_counted_once_and_nothing_measured_is_ever_lowered(truths in truths(200)) {
        let mut history = History::new();
        for day in 0..truths.len() {
            let before = history.state.clone();
            history.run(&truths, day, "23:30");
            for total in MEASURED {
                prop_assert!(history.state.or_zero(total) >= before.or_zero(total), "{total} on day {day}");
            }
        }
        let sum = |value: fn(&Truth) -> i64| -> i64 { truths.iter().map(value).sum() };
        prop_assert_eq!(history.state.or_zero("totalClones"), sum(|truth| truth.clones));
        prop_assert_eq!(history.state.or_zero("totalUniqueClones"), sum(|truth| truth.uniques));
        prop_assert_eq!(history.state.or_zero("totalViews"), sum(|truth| truth.views));
        prop_assert_eq!(history.state.or_zero("totalCiCheckouts"), sum(|truth| truth.checkouts));
        let organic = sum(|truth| (truth.clones - truth.checkouts).max(0));
        prop_assert_eq!(history.state.or_zero("totalOrganicClones"), organic);
        let archived: i64 = history.archive.iter()
            .filter(|(name, _)| *name != "archive.json")
            .map(|(_, file)| file.object().unwrap().object("monthSummary").unwrap().or_zero("clones"))
            .sum();
        // 200 days from 1 January reach to 19 July: six months are over.
        prop_assert_eq!(archived, truths[..181].iter().map(|truth| truth.clones).sum::<i64>());
    }

    #[test]
    fn the_same_answers_twice_change_nothing_but_the_time(truths in truths(40), day in 0_usize..40) {
        let mut history = History::new();
        for at in 0..=day {
            history.run(&truths, at, "23:30");
        }
        let before = Json::from(history.state.clone());
        let again = history.given(day, "23:59");
        let outcome = collect(&again, &answers(&truths, day, &again));
        history.keep(&outcome);
        prop_assert_eq!(timeless(&before), timeless(&Json::from(history.state.clone())));
    }

    #[test]
    fn runs_left_out_change_no_total_of_clones_and_views(
        truths in truths(120),
        gaps in prop::collection::vec(1_usize..14, 120),
    ) {
        let mut every = History::new();
        let mut some = History::new();
        let mut next = 0;
        for (day, gap) in gaps.iter().enumerate() {
            every.run(&truths, day, "23:30");
            if day == next || day + 1 == truths.len() {
                some.run(&truths, day, "23:30");
                next = day + gap;
            }
        }
        for total in ["totalClones", "totalUniqueClones", "totalViews", "totalOrganicClones"] {
            prop_assert_eq!(every.state.or_zero(total), some.state.or_zero(total), "{}", total);
        }
    }

    #[test]
    fn several_runs_on_a_day_come_to_the_same_as_the_last_alone(truths in truths(30)) {
        let mut once = History::new();
        let mut often = History::new();
        for day in 0..truths.len() {
            if day > 0 {
                // Earlier on the day less has happened.
                let mut early = truths.clone();
                {
                    let truth = &mut early[day];
                    truth.clones /= 2;
                    truth.uniques /= 2;
                    truth.views /= 2;
                    truth.checkouts /= 2;
                    truth.downloads /= 2;
                }
                often.run(&early, day, "11:00");
                often.run(&early, day, "12:00");
            }
            often.run(&truths, day, "23:30");
            once.run(&truths, day, "23:30");
        }
        let (once, often) = (Json::from(once.state), Json::from(often.state));
        prop_assert_eq!(timeless(&once), timeless(&often));
    }

    #[test]
    fn a_clock_that_is_wrong_for_a_while_counts_nothing_twice(
        truths in truths(100),
        wrong in prop::collection::vec(prop_oneof![8 => Just(0_i64), 2 => -20_i64..0, 1 => 1_i64..400], 100),
    ) {
        let mut right = History::new();
        let mut astray = History::new();
        for (day, off) in wrong.iter().enumerate() {
            right.run(&truths, day, "23:30");
            let mut given = astray.given(day, "23:30");
            // The clock is read, and GitHub answers what is so.
            let mut answers = answers(&truths, day, &given);
            if *off != 0 {
                let at = first_day().plus(i64::try_from(day).unwrap() + off);
                given.now = Moment::of(&format!("{at}T23:30:00Z")).unwrap();
                let happened = |asked: &Day| usize::try_from(asked.since(first_day())).ok().filter(|at| *at <= day);
                let StateRead::Read(state) = &given.state else { unreachable!() };
                answers.runs = days_to_count(state, given.now)
                    .into_iter()
                    .map(|asked| {
                        let checkouts = happened(&asked).map_or(0, |at| truths[at].checkouts);
                        (asked, ran(checkouts))
                    })
                    .collect();
            }
            let before = astray.state.clone();
            let outcome = collect(&given, &answers);
            astray.keep(&outcome);
            for total in MEASURED {
                prop_assert!(astray.state.or_zero(total) >= before.or_zero(total), "{total} on day {day}");
            }
        }
        for total in MEASURED {
            prop_assert_eq!(right.state.or_zero(total), astray.state.or_zero(total), "{}", total);
        }
    }

    #[test]
    fn a_clock_that_goes_back_leaves_every_total_as_it_would_be(
        truths in truths(100),
        back in prop::collection::vec(prop_oneof![6 => Just(0_i64), 1 => -20_i64..0], 100),
    ) {
        let mut right = History::new();
        let mut astray = History::new();
        for (day, off) in back.iter().enumerate() {
            right.run(&truths, day, "23:30");
            let mut given = astray.given(day, "23:30");
            let at = first_day().plus(i64::try_from(day).unwrap() + off);
            given.now = Moment::of(&format!("{at}T23:30:00Z")).unwrap();
            let StateRead::Read(state) = &given.state else { unreachable!() };
            let mut answers = answers(&truths, day, &given);
            answers.runs = days_to_count(state, given.now)
                .into_iter()
                .filter_map(|asked| {
                    let at = usize::try_from(asked.since(first_day())).ok()?;
                    Some((asked, ran(truths.get(at)?.checkouts)))
                })
                .collect();
            let outcome = collect(&given, &answers);
            astray.keep(&outcome);
        }
        let last = truths.len() - 1;
        right.run(&truths, last, "23:45");
        astray.run(&truths, last, "23:45");
        for total in ["totalClones", "totalUniqueClones", "totalViews", "totalDownloads", "totalOrganicClones", "totalCiCheckouts"] {
            prop_assert_eq!(right.state.or_zero(total), astray.state.or_zero(total), "{}", total);
        }
    }
}
