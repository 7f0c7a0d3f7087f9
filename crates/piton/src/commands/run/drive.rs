//! A run from its beginning to its end.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use piton_durable::{Lock, LockError, LockGuard};
use piton_git::CommitId;
use piton_git::landing::lines_of;
use piton_git::slot::Slots;
use piton_loop::deciding::limits::Limits;
use piton_loop::deciding::memory::Memory;
use piton_loop::deciding::stop::Stop;
use piton_loop::runs::{self, Outset, RunRecord, RunSummary};
use piton_loop::slots::SlotSettings;
use piton_loop::targets::{Source, Target, dice};
use piton_loop::work::{Allowance, Piece, SourcePiece};
use piton_plan::journal;
use serde_json::json;

use super::accounts;
use super::act::Finisher;
use super::args::{Wanted, WorkArgs};
use super::budgets;
use super::driver::Driver;
use super::ending::Ending;
use super::floor::Floor;
use super::notify::{Cause, Notifier};
use super::provider;
use super::show;
use super::summary;
use super::tell::Teller;
use super::view::{self, View};
use crate::agents;
use crate::commands::runs::prune;
use crate::config::Origin;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{Channel, Level};
use crate::planning::refuse_under_way;

/// What a run is for, and how far it goes.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) name: &'static str,
    pub(crate) source: Wanted,
    pub(crate) focus: bool,
    pub(crate) limits: Limits,
    pub(crate) tries: u32,
    pub(crate) rest: Option<Duration>,
    /// How many actions go on at once.
    pub(crate) jobs: NonZeroUsize,
    /// What commits of source actions are called, if not after their targets.
    pub(crate) subject: Option<&'static str>,
    /// Whether the difference of what landed is shown at the end.
    pub(crate) shows_difference: bool,
}

impl Course {
    /// Returns the work on one target.
    pub(super) fn piece(&self, target: Target, route: bool) -> Piece {
        Piece::Source(SourcePiece {
            target,
            scope: self.source.scope.clone(),
            subject: self.subject.map(str::to_owned),
            route,
        })
    }
}

/// Runs, or shows what would be first.
pub(crate) fn drive(
    context: &Context,
    place: &Place,
    work: &WorkArgs,
    course: &Course,
) -> CommandResult {
    let floor = Floor::set(context, place, work, course.tries)?;
    budgets::refuse_blind(&floor, &course.limits)?;
    if course.focus {
        refuse_nowhere(place)?;
    }
    let course = &Course {
        limits: Limits {
            day: budgets::day(&floor, None),
            ..course.limits
        },
        ..course.clone()
    };
    let view = View::look(&floor, &[])?;
    let seed = match &course.source.seed {
        Some(seed) => dice::seed_of(seed),
        None => dice::seed_of(view.head.as_str()),
    };
    let source = match course.source.selection.clone() {
        Some(selection) => {
            let tracked = if selection.chooses_among_files() {
                view::tracked(&floor)?
            } else {
                Vec::new()
            };
            selection.resolve(tracked, course.source.scope.as_deref())
        }
        None => Source::Nothing,
    };
    if work.dry_run {
        context.recover(place, true)?;
        let memory = Memory::default();
        let decision = view.decide(&floor, &source, &course.limits, &memory, seed);
        let queue = view.queue(&floor, &source, &course.limits, &memory, seed);
        show::dry_run(&floor, course, &view, &decision, &queue)?;
        return Ok(Exit::Done);
    }
    // Nothing could land, and an agent would be paid for what has to wait.
    refuse_under_way(place, "begin the run")?;
    agents::tell_terms(&floor.chosen, context, &floor.slots.terms);
    let _alone = alone(context, place)?;
    context.recover(place, false)?;
    // Reports to stored plans that could not be sent when they were made.
    crate::stored::send_waiting(context);
    if let Some(warning) = agents::ready(&*floor.agent)? {
        context.out.warn(&warning);
    }
    context
        .events
        .show_output(work.show_agent_logs, work.show_command_logs);
    let allowance = Allowance::new(course.limits, &context.clock);
    let shop = floor.shop(&allowance);
    let run = begin(context, &floor, course)?;
    let mut teller = Teller::new(&context.book, &run, &context.clock);
    if course.focus {
        tell_focus(
            &mut teller,
            &view.phase_files(floor.planning.site.migrations()),
        );
    }
    let from = view.head.clone();
    let past: Vec<RunSummary> = runs::list(&context.disk, &floor.planning.site.runs())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|listed| listed.summary)
        .collect();
    if let Some(forecast) = accounts::forecast(&past, floor.agent.name()) {
        teller.say(&forecast.told(course.limits.actions));
    }
    let seats: Vec<SlotSettings> = (1..)
        .take(course.jobs.get())
        .map(|seat| floor.slots.for_job(seat))
        .collect();
    let finisher = Finisher {
        floor: &floor,
        shop: &shop,
        run: &run,
        seats: &seats,
    };
    let notifier = Notifier::new(&floor, run.id().to_string());
    let mut driver = Driver::new(&finisher, course, &source, seed, &notifier);
    if context.out.json_wanted() {
        context.out.begin_series();
    }
    let mut ending = driver.go_on(&mut teller);
    if driver.anything_waits() {
        ending = ending.with_waiting_work();
    }
    driver.over(&ending);
    let plans = if context.out.json_wanted() {
        context.out.end_series()
    } else {
        serde_json::Value::Null
    };
    let exit = ending.exit();
    let id = run.id().to_string();
    let error = (exit != Exit::Done).then(|| ending.told());
    context
        .book
        .close_as(ending.status(), Some(ending.told()), error)
        .or_failed("could not finish the run's record")?;
    let accounts = accounts_of(&floor, &run.summary(), &past);
    for text in &accounts {
        context
            .out
            .say(Channel::General, Level::NORMAL, &format!("  {text}"));
    }
    make_room(&floor);
    if course.shows_difference && !context.out.json_wanted() {
        difference(context, place, &from);
    }
    let actions = summary::tell(context, &run, &accounts);
    if context.out.json_wanted() {
        context.out.json(json!({
            "run": id,
            "ending": ending.told(),
            "status": ending.status().as_str(),
            "actions": actions,
            "commits": run.summary().counts.commits_created,
            "plans": plans,
        }));
    } else {
        let told = format!("run {id} is over: {}", ending.told());
        context.out.say(Channel::General, Level::NORMAL, &told);
    }
    // A command that hangs holds up nobody who reads.
    notifier.tell(&Cause::RunOver {
        ending: &ending,
        commits: run.summary().counts.commits_created,
    });
    if let Some(hint) = ending.hint() {
        context.out.hint(&hint);
    }
    if let Ending::Decided(Stop::OutOfQuota { until: Some(_) }) = &ending {
        context.out.hint(&format!(
            "run it again then; to ask the provider before, remove {}",
            provider::file(&floor).display()
        ));
    }
    if exit == Exit::Failed || exit == Exit::ValidationRed {
        context
            .out
            .hint(&format!("`piton runs show {id}` has everything about it"));
    }
    Ok(exit)
}

/// Says at which phases migrations stand, as far as people read.
fn tell_focus(teller: &mut Teller<'_>, files: &[String]) {
    const MOST: usize = 10;
    for file in files.iter().take(MOST) {
        teller.say(&format!("stands at {file}"));
    }
    if let Some(more) = files.len().checked_sub(MOST).filter(|more| *more > 0) {
        teller.say(&format!("and {more} more"));
    }
}

/// Refuses to look for migrations where nobody has said where they lie. A
/// directory that was named and is not there yet holds none.
fn refuse_nowhere(place: &Place) -> Result<(), CommandError> {
    let is_named = (place.settings.get("migrations-dir"))
        .is_some_and(|(_, origin)| *origin != Origin::Default);
    if is_named || place.live().path().is_dir() {
        return Ok(());
    }
    Err(CommandError::failed("could not focus on live migrations")
        .with_source(format!("there is no {}", place.live().path().display()))
        .hint("set piton up with `piton init`, then start one with `piton migration new`"))
}

/// Says what each accepted line cost, and which validations cannot be trusted.
fn accounts_of(floor: &Floor<'_>, summary: &RunSummary, past: &[RunSummary]) -> Vec<String> {
    let lines = || {
        let attempts = summary.attempts.iter();
        let commits: Vec<&str> = attempts
            .filter_map(|attempt| attempt.commit_sha.as_deref())
            .collect();
        lines_of(&floor.place.repository, &commits).unwrap_or(0)
    };
    let mut told: Vec<String> = accounts::per_line(summary.cost_usd, lines)
        .into_iter()
        .collect();
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

/// Removes the records, journals and slots that the settings do not keep. What
/// cannot be removed is left to `piton runs prune`.
fn make_room(floor: &Floor<'_>) {
    let (context, place) = (floor.context, floor.place);
    let policy = prune::policy(&place.settings);
    let holder = context.holder("pruning");
    for removal in prune::records(context, place, policy).unwrap_or_default() {
        let _ = runs::remove(&context.disk, &place.runs(), &removal.id, &holder);
    }
    let journals = place.state().journals();
    for removal in prune::journals(context, place, policy).unwrap_or_default() {
        let _ = journal::remove(&context.disk, &journals, removal.id, &holder);
    }
    let slots = Slots::new(&context.disk, &place.repository, &floor.slots.home);
    for removal in prune::slots(context, place, policy).unwrap_or_default() {
        let _ = slots.remove(removal.id.1, &holder);
    }
}

/// One run a clone: a second one is refused with the holder's name.
pub(super) fn alone(context: &Context, place: &Place) -> Result<LockGuard, CommandError> {
    let lock = Lock::at(place.state().run_lock());
    match lock.acquire(&context.holder("a run"), Duration::ZERO) {
        Ok(guard) => Ok(guard),
        Err(error @ LockError::Held { .. }) => Err(CommandError::failed(
            "could not begin: another run is under way in this clone",
        )
        .with_source(error)
        .hint("wait until it is over, or interrupt it")),
        Err(error) => Err(CommandError::failed("could not begin a run").with_source(error)),
    }
}

pub(super) fn begin(
    context: &Context,
    floor: &Floor<'_>,
    course: &Course,
) -> Result<Arc<RunRecord<'static>>, CommandError> {
    if let Some(command) = &floor.command
        && let Some(word) = command.meant_for_a_shell()
    {
        context.out.warn(&format!(
            "no shell reads the validation command, so {} is given `{word}`; write sh -c '…' around it all",
            command.words().first().map_or("", String::as_str)
        ));
    }
    let budget = floor.planning.budget;
    let outset = Outset {
        command: course.name.to_owned(),
        agent: floor.agent.name().to_owned(),
        model: agents::model(&floor.place.settings, ""),
        default_effort: budget.default_tier(),
        max_allowed_effort: budget.max(),
        validation: floor.command.as_ref().map(|it| it.as_str().to_owned()),
        jobs: u32::try_from(course.jobs.get()).unwrap_or(u32::MAX),
        sealed: (&floor.slots.terms).into(),
    };
    let holder = context.holder("a run");
    let run = context
        .book
        .begun(&floor.planning.site, &holder, &outset)
        .or_failed("could not begin the run's record")?;
    context.out.say(
        Channel::General,
        Level::NORMAL,
        &format!(
            "run {}: {}, effort {} to {}, {}",
            run.id(),
            floor.agent.name(),
            floor.planning.budget.default_tier(),
            floor.planning.budget.max(),
            match &floor.command {
                Some(command) => format!("validated by `{}`", command.as_str()),
                None => "validated by nothing; set `validation-command`".to_owned(),
            }
        ),
    );
    Ok(run)
}

/// Shows what changed since a commit, as `git diff --stat` does.
fn difference(context: &Context, place: &Place, from: &CommitId) {
    if let Ok(stat) = piton_git::landing::difference(&place.repository, from) {
        context.out.say(Channel::General, Level::NORMAL, &stat);
    }
}
