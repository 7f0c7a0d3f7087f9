//! Asking GitHub everything that one run needs, before anything is computed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piton_github::endpoints::{gists, releases, repository, runs, stargazers, traffic};
use piton_github::{ForgeError, ForgeRead, RepoName};

use super::answers::{
    Answer, Answers, AssetSeen, DayCount, JobSeen, Popular, Referrer, ReleaseSeen, RepoSeen,
    RunSeen, RunsSeen, StarsSeen, StepSeen,
};
use super::checkouts::Checkouts;
use super::corrected::days_to_count;
use super::day::{Day, Moment};
use super::outcome::StateRead;
use crate::ordered::{Json, MOST, Object};

/// A gist that is written twice a day has fewer in two months.
const MOST_REVISIONS: usize = 400;
/// Where there is no history of stars, so many are read one by one.
const MOST_STARS: usize = 5000;

/// Reads the state out of the gist, whole or not at all, with the revision that
/// it is of.
pub fn read_state(
    forge: &dyn ForgeRead,
    gist: &str,
) -> Result<(StateRead, Option<String>), ForgeError> {
    let gist = gists::get(forge, gist)?;
    let content = gists::content(forge, &gist, "state.json")?;
    let revision = gist.history.first().map(|newest| newest.version.clone());
    let state = match content {
        None => StateRead::Missing {
            revisions: u64::try_from(gist.history.len()).ok(),
        },
        Some(bytes) => match Json::parse(&bytes) {
            Ok(Json::Object(state)) => StateRead::Read(state),
            Ok(_) => StateRead::Damaged("it is not an object".to_owned()),
            Err(error) => StateRead::Damaged(error.to_string()),
        },
    };
    Ok((state, revision))
}

/// Reads what the state was some time ago, where it is the original's: its rows
/// reach back 31 days, and the first days of a month are gone when the month's
/// archive is made. Two revisions are enough; without them nothing is lost that
/// is not lost already.
pub fn read_past(forge: &dyn ForgeRead, gist: &str, state: &StateRead, now: Moment) -> Vec<Object> {
    let StateRead::Read(state) = state else {
        return Vec::new();
    };
    let taken_over = state.get("collector").is_none() && state.text("trackingSince").is_some();
    if !taken_over {
        return Vec::new();
    }
    let mut past = Vec::new();
    let mut wanted = [now.day().plus(-28), now.day().plus(-56)].into_iter();
    let Some(mut before) = wanted.next() else {
        return past;
    };
    for revision in gists::revisions(forge, gist).take(MOST_REVISIONS) {
        let Ok(revision) = revision else { break };
        let Some(at) = revision.committed_at else {
            continue;
        };
        if Moment(at).day() > before {
            continue;
        }
        let then = gists::at(forge, gist, &revision.version)
            .and_then(|then| gists::content(forge, &then, "state.json"));
        if let Ok(Some(bytes)) = then
            && let Ok(Json::Object(state)) = Json::parse(&bytes)
        {
            past.push(state);
        }
        match wanted.next() {
            Some(next) => before = next,
            None => break,
        }
    }
    past
}

/// Reads the files of the archive; `None` where one of them cannot be read.
pub fn read_archive(forge: &dyn ForgeRead, gist: &str) -> Option<BTreeMap<String, Json>> {
    let gist = gists::get(forge, gist)
        .ok()
        .filter(|gist| !gist.truncated)?;
    let mut files = BTreeMap::new();
    for name in gist
        .files
        .keys()
        .filter(|name| name.strip_suffix(".json").is_some())
    {
        let bytes = gists::content(forge, &gist, name).ok()??;
        files.insert(name.clone(), Json::parse(&bytes).ok()?);
    }
    Some(files)
}

/// Asks every source; each that fails says why by itself.
pub fn fetch(forge: &dyn ForgeRead, repo: &RepoName, state: &StateRead, now: Moment) -> Answers {
    let mut token_expires = None;
    let seen = repository::get_with_answer(forge, repo).map(|(seen, answer)| {
        token_expires = answer.token_expires;
        seen
    });
    let seen = seen.map(|seen| RepoSeen {
        stars: number(seen.stargazers_count),
        forks: number(seen.forks_count),
        open_issues: number(seen.open_issues_count),
        created_at: Some(seen.created_at.to_string()),
    });
    let days = match state {
        StateRead::Read(state) => days_to_count(state, now),
        StateRead::Missing { .. } | StateRead::Damaged(_) | StateRead::Failed(_) => {
            vec![now.day(), now.day().plus(-1)]
        }
    };
    let known = match state {
        StateRead::Read(state) => known_stars(state),
        StateRead::Missing { .. } | StateRead::Damaged(_) | StateRead::Failed(_) => false,
    };
    // Without any, there is nothing to ask for.
    let stars = match seen.as_ref().ok().and_then(|seen| seen.stars) {
        None => None,
        Some(0) => Some(Ok(StarsSeen::default())),
        Some(_) => Some(said(read_stars(forge, repo, known))),
    };
    let mut checkouts = Checkouts::new(forge, repo);
    Answers {
        releases: said(
            releases::list(forge, repo)
                .map(|one| one.map(release))
                .collect(),
        ),
        clones: said(traffic::clones(forge, repo)).map(counts),
        views: said(traffic::views(forge, repo)).map(counts),
        repo: said(seen),
        referrers: said(traffic::referrers(forge, repo))
            .map(|all| all.into_iter().map(referrer).collect()),
        paths: said(traffic::paths(forge, repo)).map(|all| all.into_iter().map(popular).collect()),
        runs: days
            .into_iter()
            .map(|day| (day, runs_of(forge, repo, day, &mut checkouts)))
            .collect(),
        token_expires,
        stars,
    }
}

fn said<T>(result: Result<T, ForgeError>) -> Answer<T> {
    result.map_err(|error| error.to_string())
}

fn referrer(one: traffic::Referrer) -> Referrer {
    Referrer {
        source: one.source,
        count: signed(one.count),
        uniques: signed(one.uniques),
    }
}

fn popular(one: traffic::PopularPath) -> Popular {
    Popular {
        path: one.path,
        title: one.title,
        count: signed(one.count),
        uniques: signed(one.uniques),
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).map_or(MOST, |number| number.min(MOST))
}

fn number(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

/// Takes what is needed of a release.
pub fn release(one: releases::Release) -> ReleaseSeen {
    ReleaseSeen {
        tag: one.tag_name,
        assets: one
            .assets
            .into_iter()
            .map(|asset| AssetSeen {
                id: Some(asset.id),
                name: asset.name,
                downloads: signed(asset.download_count),
            })
            .collect(),
    }
}

/// Takes the counts of days as GitHub gives them.
pub fn counts(days: Vec<traffic::Day>) -> Vec<DayCount> {
    days.into_iter()
        .map(|day| DayCount {
            timestamp: day.timestamp.to_string(),
            day: Moment(day.timestamp).day(),
            count: signed(day.count),
            uniques: signed(day.uniques),
        })
        .collect()
}

/// Whether the state knows when its stars came, up to the newest.
fn known_stars(state: &Object) -> bool {
    let ours = state.object("collector");
    let history = ours.and_then(|ours| ours.object("starHistory"));
    let newest = history.and_then(|history| history.iter().last()?.1.int());
    newest.is_some() && newest == state.int("stars")
}

/// Reads when stars came. Where the older ones are `known`, the newest page is
/// enough.
pub fn read_stars(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    known: bool,
) -> Result<StarsSeen, ForgeError> {
    let most = if known {
        usize::try_from(stargazers::WEEKS).unwrap_or(usize::MAX)
    } else {
        usize::MAX
    };
    let weeks: Result<Vec<_>, _> = stargazers::history(forge, repo).take(most).collect();
    let weeks = match weeks {
        Ok(weeks) => weeks,
        // An older Enterprise server has no history: its list of stars is read.
        Err(ForgeError::NotFound { .. }) => {
            let all: Result<Vec<_>, _> = stargazers::list(forge, repo).take(MOST_STARS).collect();
            return Ok(StarsSeen::of(all?.iter().map(|star| star.starred_at)));
        }
        Err(error) => return Err(error),
    };
    let mut seen = StarsSeen::default();
    for week in &weeks {
        for (day, gained) in (0..).zip(&week.days) {
            let at = Timestamp::from_second(week.week + day * 86_400);
            let Ok(at) = at else { continue };
            let day = Moment(at).day();
            *seen.gained.entry(day).or_default() += signed(*gained);
            if known && weeks.len() >= most {
                seen.since = seen.since.into_iter().chain([day]).min();
            }
        }
    }
    Ok(seen)
}

/// The runs of one day, with the jobs of all their attempts.
pub fn of_day(forge: &dyn ForgeRead, repo: &RepoName, day: Day) -> RunsSeen {
    runs_of(forge, repo, day, &mut Checkouts::new(forge, repo))
}

fn runs_of(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    day: Day,
    checkouts: &mut Checkouts<'_>,
) -> RunsSeen {
    let mut seen = RunsSeen::default();
    let mut read = |run: Result<runs::Run, ForgeError>| {
        let run = run?;
        let jobs = runs::jobs(forge, repo, run.id);
        let mut jobs = jobs
            .map(|job| job.map(job_seen))
            .collect::<Result<Vec<_>, _>>()?;
        checkouts.mark(&run, &mut jobs);
        let name = run.name.unwrap_or_default();
        seen.runs.push(RunSeen { name, jobs });
        Ok(())
    };
    let failed: Result<(), ForgeError> =
        runs::list(forge, repo, Some(&day.to_string())).try_for_each(&mut read);
    seen.failed = failed.err().map(|error| error.to_string());
    seen
}

fn job_seen(job: runs::Job) -> JobSeen {
    let steps = job.steps.into_iter().map(|step| StepSeen {
        name: step.name,
        conclusion: step.conclusion,
        clones: 0,
    });
    JobSeen {
        name: job.name,
        steps: steps.collect(),
    }
}
