//! One computation of the collector, against parsing and writing its state.
#![expect(
    clippy::disallowed_methods,
    reason = "a promise that is not kept ends the benchmark with a failure"
)]

use std::collections::BTreeMap;

use piton_testkit::floor::Table;
use piton_traffic::collect::{
    Answers, AssetSeen, Day, DayCount, Given, JobSeen, Moment, Popular, Referrer, ReleaseSeen,
    RepoSeen, RunSeen, RunsSeen, StarsSeen, StateRead, StepSeen, Target, collect, days_to_count,
};
use piton_traffic::ordered::{Json, Object};
use piton_traffic::state::fresh;

fn main() {
    let first = Day::of("2025-01-01").expect("a day");
    let mut state = fresh();
    for day in 0..400 {
        let given = given(state.clone(), first.plus(day), "23:30");
        let outcome = collect(&given, &answers(&given, first.plus(day)));
        for write in outcome.writes {
            let badge = write.target == Target::Gist("B".to_owned());
            if let (true, Some((_, Json::Object(new)))) = (badge, write.files.into_iter().last()) {
                state = new;
            }
        }
    }
    let today = first.plus(400);
    let bytes = Json::from(state.clone()).pretty().into_bytes();
    let given = given(state, today, "12:00");
    let answers = answers(&given, today);
    let mut table = Table::new(&format!("a state of {} bytes", bytes.len()), 300);
    table.row(
        "one run of the collector",
        2.5,
        || {
            let Ok(Json::Object(state)) = Json::parse(&bytes) else {
                panic!("it is an object")
            };
            let given = Given {
                state: StateRead::Read(state),
                ..given.clone_without_state()
            };
            let outcome = collect(&given, &answers);
            let files = outcome.writes.iter().flat_map(|write| &write.files);
            files.map(|(_, file)| file.pretty().len()).sum::<usize>()
        },
        || {
            let value: serde_json::Value = serde_json::from_slice(&bytes).expect("it is JSON");
            serde_json::to_string_pretty(&value)
                .expect("it is written")
                .len()
        },
    );
    if !table.finish() {
        std::process::exit(1);
    }
}

/// What a run is given besides its state.
trait WithoutState {
    fn clone_without_state(&self) -> Given;
}

impl WithoutState for Given {
    fn clone_without_state(&self) -> Given {
        Given {
            repository: self.repository.clone(),
            now: self.now,
            pushed: false,
            fresh_minutes: 60,
            gist: self.gist.clone(),
            state: StateRead::Read(Object::new()),
            archive_gist: None,
            archive: Some(BTreeMap::new()),
            past: Vec::new(),
        }
    }
}

fn given(state: Object, day: Day, hour: &str) -> Given {
    Given {
        repository: "acme/widget".to_owned(),
        now: Moment::of(&format!("{day}T{hour}:00Z")).expect("a moment"),
        pushed: false,
        fresh_minutes: 60,
        gist: Some("B".to_owned()),
        state: StateRead::Read(state),
        archive_gist: None,
        archive: Some(BTreeMap::new()),
        past: Vec::new(),
    }
}

fn answers(given: &Given, today: Day) -> Answers {
    let days = |base: i64| {
        let days = (0..14).rev().map(|back| {
            let day = today.plus(-back);
            DayCount {
                timestamp: day.midnight(),
                day,
                count: base + back,
                uniques: 3,
            }
        });
        Ok(days.collect())
    };
    let step = StepSeen {
        name: "Run actions/checkout@v4".to_owned(),
        conclusion: Some("success".into()),
        clones: 0,
    };
    let run = |name: &str| RunSeen {
        name: name.to_owned(),
        jobs: vec![
            JobSeen {
                name: "test".to_owned(),
                steps: vec![step.clone()]
            };
            2
        ],
    };
    let runs = RunsSeen {
        runs: ["CI", "Lint", "Release", "Docs"]
            .into_iter()
            .map(run)
            .collect(),
        failed: None,
    };
    let StateRead::Read(state) = &given.state else {
        panic!("it was given")
    };
    let stars = (0..200).map(|n| format!("2024-{:02}-{:02}T00:00:00Z", n % 12 + 1, n % 28 + 1));
    Answers {
        token_expires: None,
        releases: Ok((0..20)
            .map(|n| ReleaseSeen {
                tag: format!("v{n}"),
                assets: vec![AssetSeen {
                    id: Some(n),
                    name: "a".to_owned(),
                    downloads: 7,
                }],
            })
            .collect()),
        clones: days(20),
        views: days(90),
        repo: Ok(RepoSeen {
            stars: Some(200),
            forks: Some(3),
            open_issues: Some(4),
            created_at: Some("2024-01-01T00:00:00Z".to_owned()),
        }),
        referrers: Ok((0..10)
            .map(|n| Referrer {
                source: format!("site-{n}"),
                count: n,
                uniques: 1,
            })
            .collect()),
        paths: Ok((0..10)
            .map(|n| Popular {
                path: format!("/acme/widget/{n}"),
                title: "t".to_owned(),
                count: n,
                uniques: 1,
            })
            .collect()),
        runs: days_to_count(state, given.now)
            .into_iter()
            .map(|day| (day, runs.clone()))
            .collect(),
        stars: Some(Ok(StarsSeen::of(
            stars.map(|at| at.parse().expect("a moment")),
        ))),
    }
}
