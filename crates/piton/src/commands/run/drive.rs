//! A run from its beginning to its end.

use std::path::{Component, Path};

use piton_base::terminal::clean;
use piton_durable::DiskRead as _;
use piton_git::CommitId;
use piton_git::landing::difference;
use piton_git::slot::Slots;
use piton_loop::deciding::limits::Limits;
use piton_loop::deciding::memory::Memory;
use piton_loop::deciding::stop::Stop;
use piton_loop::runs::{self, RunRecord, RunSummary};
use piton_loop::slots::SlotSettings;
use piton_loop::targets::{Source, dice};
use piton_loop::work::Allowance;
use piton_plan::journal;
use serde_json::json;

use super::course::Course;
use super::driver::Driver;
use super::ending::Ending;
use super::finisher::Finisher;
use super::notify::{Cause, Notifier};
use super::view::{self, Terms, View};
use super::{accounts, provider, show, summary};
use crate::config::Origin;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::output::{Channel, Level};
use crate::planning::{refuse_two_disks, refuse_under_way};
use crate::records::retention;
use crate::workshop::{Floor, Teller, Way, WorkArgs, begin, budgets, checks, set_out};

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
            day: budgets::day(&floor, None)?,
            ..course.limits
        },
        ..course.clone()
    };
    let view = View::look(&floor, &[])?;
    checks::refuse_unstartable(&floor, &view.head)?;
    let seed = match &course.source.seed {
        Some(seed) => dice::seed_of(seed),
        None => dice::seed_of(view.head.as_str()),
    };
    let source = source(&floor, course)?;
    if work.dry_run {
        context.recover(place, true)?;
        let terms = Terms {
            source: &source,
            limits: &course.limits,
            memory: &Memory::default(),
            seed,
        };
        show::dry_run(&floor, course, &view, terms)?;
        return Ok(Exit::Done);
    }
    // Nothing could land, and an agent would be paid for what has to wait.
    refuse_under_way(place, "begin the run")?;
    refuse_two_disks(place)?;
    let _alone = set_out(&floor, work)?;
    carry_on(&floor, course, &view, (&source, seed))
}

/// Goes on until there is a reason to end, and tells of it.
fn carry_on(
    floor: &Floor<'_>,
    course: &Course,
    view: &View,
    (source, seed): (&Source, u64),
) -> CommandResult {
    let context = floor.context;
    let allowance = Allowance::new(course.limits, &context.clock);
    let shop = floor.shop(&allowance);
    let run = begin(floor, course.way.as_str(), course.jobs.get())?;
    let mut teller = Teller::new(&context.book, &run, &context.clock);
    if course.focus {
        tell_focus(
            &mut teller,
            &view.phase_files(floor.planning.site.migrations()),
        );
    }
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
        floor,
        shop: &shop,
        run: &run,
        seats: &seats,
    };
    let notifier = Notifier::new(floor, run.id().to_string());
    let mut driver = Driver::new(&finisher, course, source, seed, &notifier);
    if context.out.json_wanted() {
        context.out.begin_series();
    }
    let mut ending = driver.go_on(&mut teller);
    if driver.anything_waits() {
        ending = ending.with_waiting_work();
    }
    driver.over(&ending);
    close(floor, course, &run, &ending, (&past, &view.head))?;
    // A command that hangs holds up nobody who reads.
    notifier.tell(&Cause::RunOver {
        ending: &ending,
        commits: run.summary().counts.commits_created,
    });
    tell_the_way_on(floor, &run, &ending);
    Ok(ending.exit())
}

/// Returns what there is to choose from for source actions.
fn source(floor: &Floor<'_>, course: &Course) -> Result<Source, CommandError> {
    let Some(selection) = course.source.selection.clone() else {
        return Ok(Source::Nothing);
    };
    let tracked = if selection.chooses_among_files() {
        view::tracked(floor)?
    } else {
        Vec::new()
    };
    let (out, wanted) = (floor.context.out, selection.shown());
    for path in selection.paths() {
        if !is_there(floor, Path::new(path)) {
            let path = clean(path);
            out.warn(&format!("there is nothing at {path} in the repository"));
        }
    }
    let source = selection.resolve(tracked, course.source.scope.as_deref());
    if let (Source::Nothing, Some(wanted)) = (&source, wanted) {
        out.warn(&format!("no tracked file matches {}", clean(&wanted)));
    }
    Ok(source)
}

/// Whether something of the repository's stands at a path.
fn is_there(floor: &Floor<'_>, path: &Path) -> bool {
    let top = floor.place.top();
    let leads_out = path.components().any(|part| part == Component::ParentDir);
    let path = top.join(path);
    // What cannot be looked at may be there.
    !leads_out && path.starts_with(top) && !matches!(floor.context.disk.stat(&path), Ok(None))
}

/// Ends the record, and sums the run up. `past` are the runs before, `from` is
/// the commit that it began on.
fn close(
    floor: &Floor<'_>,
    course: &Course,
    run: &RunRecord<'_>,
    ending: &Ending,
    (past, from): (&[RunSummary], &CommitId),
) -> Result<(), CommandError> {
    let context = floor.context;
    let say = |text: &str| context.out.say(Channel::General, Level::NORMAL, text);
    let plans = (context.out.json_wanted()).then(|| context.out.end_series());
    let told = ending.told();
    let error = (ending.exit() != Exit::Done).then(|| told.clone());
    context
        .book
        .close_as(ending.status(), Some(told.clone()), error)
        .or_failed("could not finish the run's record")?;
    let accounts = accounts::of(floor, &run.summary(), past);
    for text in &accounts {
        say(&format!("  {text}"));
    }
    make_room(floor);
    if course.way == Way::Once
        && plans.is_none()
        && let Ok(stat) = difference(&floor.place.repository, from)
    {
        // As `git diff --stat` shows it.
        say(&stat);
    }
    let actions = summary::tell(context, run, &accounts);
    match plans {
        Some(plans) => {
            context.out.json(json!({
                "run": run.id().as_str(),
                "ending": told,
                "status": ending.status().as_str(),
                "actions": actions,
                "commits": run.summary().counts.commits_created,
                "plans": plans,
            }));
            context
                .out
                .ended_badly(ending.exit(), &told, run.id().as_str());
        }
        None => context.out.say(
            Channel::General,
            ending.level(),
            &format!("run {} ended: {told}", run.id()),
        ),
    }
    Ok(())
}

/// Says what to do next.
fn tell_the_way_on(floor: &Floor<'_>, run: &RunRecord<'_>, ending: &Ending) {
    let out = floor.context.out;
    if let Some(hint) = ending.hint() {
        out.hint(&hint);
    }
    if let Ending::Decided(Stop::OutOfQuota { until: Some(_) }) = ending {
        out.hint(&format!(
            "run it again after that time; to try earlier, remove {}",
            provider::file(floor).display()
        ));
    }
    if matches!(ending.exit(), Exit::Failed | Exit::ValidationRed) {
        let id = run.id();
        out.hint(&format!("`piton runs show {id}` has everything about it"));
    }
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

/// Refuses to look for migrations where nobody has said where they are. A
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

/// Removes the records, journals and slots that the settings do not keep. What
/// cannot be removed is left to `piton runs prune`.
fn make_room(floor: &Floor<'_>) {
    let (context, place) = (floor.context, floor.place);
    let policy = retention::policy(&place.settings);
    let holder = context.holder("pruning");
    for removal in retention::records(context, place, policy).unwrap_or_default() {
        let _ = runs::remove(&context.disk, &place.state().runs(), &removal.id, &holder);
    }
    let journals = place.state().journals();
    for removal in retention::journals(context, place, policy).unwrap_or_default() {
        let _ = journal::remove(&context.disk, &journals, removal.id, &holder);
    }
    let slots = Slots::new(&context.disk, &place.repository, &floor.slots.home);
    for removal in retention::slots(context, place, policy).unwrap_or_default() {
        let _ = slots.remove(removal.id.1, &holder);
    }
}
