//! Replaying recordings: the input of a run, or of several after one another,
//! as JSON; what they would have written, as JSON.

use std::collections::BTreeMap;

use piton_github::endpoints::runs::Said;

use super::answers::{
    Answer, Answers, AssetSeen, DayCount, JobSeen, Popular, Referrer, ReleaseSeen, RepoSeen,
    RunSeen, RunsSeen, StepSeen,
};
use super::day::{Day, Moment};
use super::outcome::{Given, Outcome, StateRead, Target};
use super::recorded_gists::Gists;
use super::recorded_part::{InvalidRecording, field, objects};
use super::{collect, collect_compat};
use crate::ordered::{Json, Object};

/// Replays a recording and returns what it would have written. One run comes to
/// `{error, writes}`, a sequence to `{runs: […]}`.
pub fn replay(bytes: &[u8], compat: bool) -> Result<Json, InvalidRecording> {
    let json = Json::parse(bytes).map_err(InvalidRecording::NotJson)?;
    let Json::Object(whole) = json else {
        return Err(field("the recording", "is not an object"));
    };
    let input = whole.object("input").unwrap_or(&whole);
    if let Some(Json::List(runs)) = input.get("runs") {
        return sequence(input, runs, compat);
    }
    if input.get("now").is_none() {
        return Err(field("now", "is missing; so is `runs`"));
    }
    let mut gists = Gists::of(input)?;
    Ok(one(input, input, &mut gists, compat)?.into())
}

fn sequence(input: &Object, runs: &[Json], compat: bool) -> Result<Json, InvalidRecording> {
    let mut gists = Gists::of(input)?;
    let mut out = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let run = run
            .object()
            .ok_or_else(|| field(format!("runs[{index}]"), "is not an object"))?;
        out.push(Json::from(one(input, run, &mut gists, compat)?));
    }
    Ok(Object::from_iter([("runs", Json::from(out))]).into())
}

fn one(
    whole: &Object,
    run: &Object,
    gists: &mut Gists,
    compat: bool,
) -> Result<Object, InvalidRecording> {
    let now = run.text("now").ok_or_else(|| field("now", "is missing"))?;
    let now = Moment::of(now).ok_or_else(|| field("now", "is not a time"))?;
    let word = |name: &str, default: &str| {
        let said = [run.get(name), whole.get(name)].into_iter().flatten();
        match said.into_iter().find(|said| **said != Json::Null) {
            None => Ok(default.to_owned()),
            Some(Json::Text(text)) => Ok(text.clone()),
            Some(_) => Err(field(name, "is not text")),
        }
    };
    let empty = Object::new();
    let api = objects(run, "api")?.unwrap_or(&empty);
    let failed = [run.get("gistError"), api.get("gistError")];
    let state = match failed.into_iter().flatten().next() {
        Some(error) => StateRead::Failed(said(error)),
        None => gists.state.clone(),
    };
    let id = |id: &str| (!id.is_empty()).then(|| id.to_owned());
    let given = Given {
        repository: format!("{}/{}", word("owner", "acme")?, word("repo", "widget")?),
        now,
        pushed: word("event", "schedule")? == "push",
        fresh_minutes: 60,
        gist: id(&gists.badge),
        state,
        archive_gist: id(&gists.archive),
        archive: gists.archived.clone(),
        past: gists.past.clone(),
    };
    let answers = answers(api, run, now.day())?;
    let outcome = if compat {
        collect_compat(&given, &answers)
    } else {
        collect(&given, &answers)
    };
    gists.keep(&outcome);
    Ok(shown(&outcome))
}

fn shown(outcome: &Outcome) -> Object {
    let writes: Vec<Json> = outcome
        .writes
        .iter()
        .map(|write| {
            let mut out = Object::new();
            match &write.target {
                Target::Gist(id) => {
                    out.set("op", "update");
                    out.set("gist", id.as_str());
                }
                Target::NewGist { description } => {
                    out.set("op", "create");
                    out.set("description", description.as_str());
                    out.set("public", true);
                }
            }
            let files: Object = write.files.iter().cloned().collect();
            out.set("files", files);
            out.into()
        })
        .collect();
    let mut out = Object::new();
    out.set(
        "error",
        outcome.error.clone().map_or(Json::Null, Json::from),
    );
    out.set("writes", writes);
    out
}

fn said(error: &Json) -> String {
    match error {
        Json::Text(text) => text.clone(),
        Json::Object(object) => object.text("__error").unwrap_or("it failed").to_owned(),
        _ => "it failed".to_owned(),
    }
}

/// Takes one source: data, a failure, or nothing at all, which means empty.
fn source<T: Default>(
    api: &Object,
    name: &str,
    read: impl FnOnce(&Json) -> Option<T>,
) -> Result<Answer<T>, InvalidRecording> {
    match api.get(name) {
        None | Some(Json::Null) => Ok(Ok(T::default())),
        Some(failure) if failure.get("__error").is_some() => Ok(Err(said(failure))),
        Some(data) => read(data)
            .map(Ok)
            .ok_or_else(|| field(format!("api.{name}"), "is not what GitHub answers")),
    }
}

fn answers(api: &Object, run: &Object, today: Day) -> Result<Answers, InvalidRecording> {
    Ok(Answers {
        releases: source(api, "releases", |data| elements(data, release))?,
        clones: source(api, "clones", |data| {
            elements(data.get("clones")?, day_count)
        })?,
        views: source(api, "views", |data| elements(data.get("views")?, day_count))?,
        repo: source(api, "repo", |data| {
            let data = data.object()?;
            Some(RepoSeen {
                stars: data.int("stargazers_count"),
                forks: data.int("forks_count"),
                open_issues: data.int("open_issues_count"),
                created_at: data.text("created_at").map(str::to_owned),
            })
        })?,
        referrers: source(api, "referrers", |data| {
            elements(data, |one| {
                Some(Referrer {
                    source: one.text("referrer")?.to_owned(),
                    count: one.int("count")?,
                    uniques: one.int("uniques")?,
                })
            })
        })?,
        paths: source(api, "paths", |data| {
            elements(data, |one| {
                Some(Popular {
                    path: one.text("path")?.to_owned(),
                    title: one.text("title")?.to_owned(),
                    count: one.int("count")?,
                    uniques: one.int("uniques")?,
                })
            })
        })?,
        runs: runs(api, run, today)?,
        token_expires: None,
        stars: None,
    })
}

fn elements<T>(data: &Json, read: impl Fn(&Object) -> Option<T>) -> Option<Vec<T>> {
    match data {
        Json::List(list) => list.iter().map(|one| read(one.object()?)).collect(),
        _ => None,
    }
}

fn day_count(one: &Object) -> Option<DayCount> {
    let timestamp = one.text("timestamp")?.to_owned();
    Some(DayCount {
        day: Day::of(&timestamp)?,
        timestamp,
        count: one.int("count")?,
        uniques: one.or_zero("uniques"),
    })
}

fn release(one: &Object) -> Option<ReleaseSeen> {
    let assets = match one.get("assets") {
        None => Vec::new(),
        Some(assets) => elements(assets, |asset| {
            Some(AssetSeen {
                id: asset.int("id").and_then(|id| u64::try_from(id).ok()),
                name: asset.text("name").unwrap_or("").to_owned(),
                downloads: asset.int("download_count")?,
            })
        })?,
    };
    Some(ReleaseSeen {
        tag: one.text("tag_name").unwrap_or("").to_owned(),
        assets,
    })
}

/// The runs: a list is of the run's own day, a map is by the day asked for.
fn runs(
    api: &Object,
    run: &Object,
    today: Day,
) -> Result<BTreeMap<Day, RunsSeen>, InvalidRecording> {
    let failure = [api.get("runsError"), run.get("runsError")];
    let failed = |error: &Json| RunsSeen {
        runs: Vec::new(),
        failed: Some(said(error)),
    };
    let failure = failure.into_iter().flatten();
    if let Some(error) = failure.into_iter().find(|error| **error != Json::Null) {
        return Ok(all_days(today, &failed(error)));
    }
    let jobs = objects(api, "jobs").map_err(|_| field("api.jobs", "is not an object"))?;
    let wrong = || field("api.runs", "is not what GitHub answers");
    match api.get("runs") {
        None | Some(Json::Null) => Ok(BTreeMap::from([(today, RunsSeen::default())])),
        Some(list @ Json::List(_)) => Ok(BTreeMap::from([(
            today,
            of_day(list, jobs, today).ok_or_else(wrong)?,
        )])),
        Some(failure) if failure.get("__error").is_some() => Ok(all_days(today, &failed(failure))),
        Some(Json::Object(map)) => {
            let mut days = all_days(today, &RunsSeen::default());
            for (day, list) in map.iter() {
                let day = Day::of(day).ok_or_else(wrong)?;
                days.insert(day, of_day(list, jobs, day).ok_or_else(wrong)?);
            }
            Ok(days)
        }
        Some(_) => Err(wrong()),
    }
}

/// Every day that could be asked for, with the same answer.
fn all_days(today: Day, answer: &RunsSeen) -> BTreeMap<Day, RunsSeen> {
    (0..=31)
        .map(|back| (today.plus(-back), answer.clone()))
        .collect()
}

fn of_day(list: &Json, jobs: Option<&Object>, asked: Day) -> Option<RunsSeen> {
    let mut seen = RunsSeen::default();
    if list.get("__error").is_some() {
        seen.failed = Some(said(list));
        return Some(seen);
    }
    let Json::List(list) = list else { return None };
    for run in list {
        let run = run.object()?;
        // GitHub gives the runs of the day that was asked for, and no others.
        let created = run.text("created_at").and_then(Day::of);
        if created.is_some_and(|created| created != asked) {
            continue;
        }
        let id = run.get("id").map(|id| match id {
            Json::Text(text) => text.clone(),
            other => other.int().unwrap_or_default().to_string(),
        });
        let answer = id.and_then(|id| jobs?.get(&id));
        let jobs = match answer {
            None | Some(Json::Null) => Vec::new(),
            Some(failure) if failure.get("__error").is_some() => {
                seen.failed = Some(said(failure));
                return Some(seen);
            }
            Some(jobs) => elements(jobs, |job| {
                let steps = job.get("steps").cloned().unwrap_or(Json::List(Vec::new()));
                let steps = elements(&steps, |step| {
                    Some(StepSeen {
                        name: step.text("name").unwrap_or("").to_owned(),
                        conclusion: step.text("conclusion").map(Said::from),
                        clones: 0,
                    })
                })?;
                Some(JobSeen {
                    name: job.text("name").unwrap_or("").to_owned(),
                    steps,
                })
            })?,
        };
        seen.runs.push(RunSeen {
            name: run.text("name").unwrap_or("").to_owned(),
            jobs,
        });
    }
    Some(seen)
}
