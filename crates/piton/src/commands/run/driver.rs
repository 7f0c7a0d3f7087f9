//! The loop itself: look, decide, begin, land, remember.
//!
//! Work goes on in threads, as many at once as are wanted; everything else, the
//! landing above all, is done here, one thing after the other.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;
use std::time::Duration;

use piton_base::Clock;
use piton_loop::claim::{Claim, ClaimError};
use piton_loop::deciding::memory::{Memory, Outcome, Tried};
use piton_loop::deciding::next::Next;
use piton_loop::deciding::stop::Stop;
use piton_loop::runs::{ActionKind, ActionOutcome};
use piton_loop::targets::Source;
use piton_loop::validation::Verdict;
use piton_loop::work::accepted::Held;
use piton_loop::work::{Halt, Piece, Start, Worked, prove};
use piton_migration::slug::Slug;

use super::act::{Acted, Finisher};
use super::drive::Course;
use super::ending::Ending;
use super::job::Job;
use super::notify::{Cause, Notifier};
use super::provider;
use super::report::Reports;
use super::tell::{Facts, Teller};
use super::tick::{self, Came, Tick};
use super::view::View;
use crate::commands::migration::planned_step;
use crate::error::CommandError;
use crate::output::{Channel, Level};

/// How long a migration is left alone that somebody else is at work on.
const CLAIMED: Duration = Duration::from_secs(60);
/// The clock is looked at again after this, however long is to be waited: a
/// machine that slept meanwhile does not wait its sleep once more.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

pub(super) struct Driver<'a> {
    finisher: &'a Finisher<'a>,
    course: &'a Course,
    source: &'a Source,
    seed: u64,
    memory: Memory,
    proved: bool,
    began: Duration,
    /// What the provider had no more for, to be begun again.
    owed: Vec<Piece>,
    /// What the plans of shared migrations are told.
    reports: Reports<'a>,
    jobs: BTreeMap<u32, Job<'a>>,
    notifier: &'a Notifier<'a>,
}

/// What comes of one look.
enum Looked {
    /// Something was done or begun; look again.
    On,
    Rest(jiff::Timestamp),
    Over(Ending),
}

impl<'a> Driver<'a> {
    pub(super) fn new(
        finisher: &'a Finisher<'a>,
        course: &'a Course,
        source: &'a Source,
        seed: u64,
        notifier: &'a Notifier<'a>,
    ) -> Self {
        let mut memory = Memory::default();
        memory.know_quota(provider::known(finisher.floor));
        Self {
            finisher,
            course,
            source,
            seed,
            memory,
            proved: false,
            began: finisher.floor.context.clock.elapsed(),
            owed: Vec::new(),
            reports: Reports::new(
                finisher.floor.context,
                finisher.floor.place,
                finisher.run.id().as_str(),
            ),
            jobs: BTreeMap::new(),
            notifier,
        }
    }

    pub(super) fn anything_waits(&self) -> bool {
        self.memory.anything_waits()
    }

    /// Tells the plans of shared migrations that the run is over.
    pub(super) fn over(&mut self, ending: &Ending) {
        self.reports.over(&ending.told());
    }

    /// Goes on until there is a reason to end, and nothing is under way.
    pub(super) fn go_on(&mut self, teller: &mut Teller<'a>) -> Ending {
        std::thread::scope(|scope| {
            let (done, doing) = channel();
            let mut ending = None;
            loop {
                while ending.is_none() && self.jobs.len() < self.course.jobs.get() {
                    if self.finisher.floor.context.stop.requested() {
                        ending = Some(Ending::Interrupted);
                        break;
                    }
                    match self.look(scope, &done, teller) {
                        Ok(Looked::On) => {}
                        Ok(Looked::Rest(_) | Looked::Over(_)) if !self.jobs.is_empty() => break,
                        Ok(Looked::Rest(until)) => self.rest(until),
                        Ok(Looked::Over(over)) => ending = Some(over),
                        Err(error) => {
                            ending = Some(Ending::Broken(error.text().trim().to_owned()));
                        }
                    }
                }
                if self.jobs.is_empty() {
                    match ending {
                        Some(ending) => return ending,
                        None => continue,
                    }
                }
                if let Some(over) = self.take_in(scope, &done, &doing, teller) {
                    // The first reason counts; what is under way still lands.
                    ending.get_or_insert(over);
                }
            }
        })
    }

    /// Looks, decides, and does or begins the one next thing.
    fn look<'s>(
        &mut self,
        scope: &'s Scope<'s, 'a>,
        done: &Sender<(u32, Worked)>,
        teller: &mut Teller<'a>,
    ) -> Result<Looked, CommandError>
    where
        'a: 's,
    {
        let floor = self.finisher.floor;
        self.count_time();
        if self.jobs.is_empty() {
            self.reports.hear();
        }
        let names: Vec<String> = self.jobs.keys().map(|it| self.held_name(*it)).collect();
        let view = View::look(floor, &names)?;
        for (slug, why) in view.waiting_for_people() {
            let migration = slug.as_str();
            self.notifier.tell(&Cause::PersonNeeded { migration, why });
        }
        let decision = view.decide(
            floor,
            self.source,
            &self.course.limits,
            &self.memory,
            self.seed,
        );
        for (slug, reason) in &decision.passed_over {
            floor.context.out.note(
                Channel::General,
                Level::DETAIL,
                &format!("{slug} is passed over: {reason}"),
            );
        }
        let next = match decision.next {
            Next::Stop(stop) => match self.owed_instead(&stop) {
                Some(piece) => Err(piece),
                None => return Ok(Looked::Over(Ending::Decided(stop))),
            },
            Next::Wait { until } => return Ok(Looked::Rest(until)),
            next => Ok(next),
        };
        if let Ok(Next::Land(name)) = &next {
            let work = view.held.iter().find_map(|held| match held {
                Held::Work(work) if work.name == *name => Some(work),
                Held::Work(_) | Held::Lost { .. } => None,
            });
            if let Some(work) = work {
                let tick = Tick::begin(floor, &tick::landing(self.course.name, work)?)?;
                let acted = self.finisher.land_again(teller, work);
                settle(&tick, &acted)?;
                return Ok(self.remember(None, acted));
            }
            return Ok(Looked::On);
        }
        if !self.proved {
            if let Some(ending) = self.baseline(teller, &view)? {
                return Ok(Looked::Over(ending));
            }
            self.proved = true;
        }
        let (piece, kind, label) = match next {
            Err(piece) => {
                let label = label_of(&piece);
                (piece, ActionKind::CleanUp, label)
            }
            Ok(Next::Plan(slug)) => {
                let label = slug.to_string();
                (Piece::Plan(slug), ActionKind::Plan, label)
            }
            Ok(Next::Phase { slug, index }) => {
                let label = view.phase(&slug, index);
                (Piece::Phase(slug), ActionKind::Phase, label)
            }
            Ok(Next::Source(target)) => {
                let piece = self.course.piece(target, floor.routes(&view));
                let label = label_of(&piece);
                (piece, ActionKind::CleanUp, label)
            }
            Ok(Next::Land(_) | Next::Wait { .. } | Next::Stop(_)) => return Ok(Looked::On),
        };
        self.begin(scope, done, teller, &view, (piece, kind, &label))
    }

    fn begin<'s>(
        &mut self,
        scope: &'s Scope<'s, 'a>,
        done: &Sender<(u32, Worked)>,
        teller: &mut Teller<'a>,
        view: &View,
        (piece, kind, label): (Piece, ActionKind, &str),
    ) -> Result<Looked, CommandError>
    where
        'a: 's,
    {
        let floor = self.finisher.floor;
        let claim = match piece.slug().map(|slug| self.claim(slug)).transpose()? {
            Some(Err(why)) => {
                let told = teller.begin(kind, label, &[]);
                let now = floor.context.clock.now();
                teller.end(&told, ActionOutcome::PutOff, &why, Facts::default());
                let tried = tried(&piece);
                let outcome = Outcome::PutOff {
                    reason: why,
                    until: now.checked_add(CLAIMED).ok(),
                };
                self.memory.remember(&tried, &outcome);
                return Ok(Looked::On);
            }
            Some(Ok(claim)) => Some(claim),
            None => None,
        };
        let attempt = self.finisher.run.summary().counts.attempts_started + 1;
        let seat = self.free_seat();
        self.finisher
            .run
            .update(|summary| summary.counts.attempts_started += 1)
            .map_err(|error| {
                CommandError::failed("could not keep the record").with_source(error)
            })?;
        let files: &[String] = match &piece {
            Piece::Source(source) => &source.target.files,
            Piece::Plan(_) | Piece::Phase(_) => &[],
        };
        let told = teller.begin(kind, label, files);
        let start = Start {
            base: view.head.clone(),
            onto: view.onto.clone(),
            attempt,
        };
        let tick = self.tick((&piece, label), &start)?;
        let job = Job {
            start,
            piece,
            attempt,
            seat,
            told,
            tick,
            label: label.to_owned(),
            is_second: false,
            _claim: claim,
        };
        self.memory.begin(&job.tried());
        if let Piece::Phase(slug) = &job.piece {
            self.reports.begins(slug, label);
        }
        // An answer that was paid for before only has to be published.
        if let Piece::Plan(slug) = &job.piece
            && planned_step::answer_waits(floor.context, floor.place, slug)
        {
            let acted = self.finish(teller, &job, Worked::NotCommitted)?;
            return Ok(self.remember(Some(job), acted));
        }
        self.set_off(scope, done, job);
        Ok(Looked::On)
    }

    /// Returns the first seat that no job has.
    fn free_seat(&self) -> u32 {
        let taken: Vec<u32> = self.jobs.values().map(|job| job.seat).collect();
        let mut seat = 1;
        while taken.contains(&seat) {
            seat += 1;
        }
        seat
    }

    /// Lets the work of a job begin.
    fn set_off<'s>(&mut self, scope: &'s Scope<'s, 'a>, done: &Sender<(u32, Worked)>, job: Job<'a>)
    where
        'a: 's,
    {
        let (attempt, finisher, done) = (job.attempt, self.finisher, done.clone());
        let shop = finisher.shop_of(job.seat);
        let (piece, start) = (job.piece.clone(), job.start.clone());
        self.jobs.insert(attempt, job);
        scope.spawn(move || {
            let worked = piece.work(&shop, finisher.run, &start);
            // Nobody but this run waits for it.
            let _ = done.send((attempt, worked));
        });
    }

    /// Begins the journal of a tick.
    fn tick(&self, what: (&Piece, &str), start: &Start) -> Result<Tick<'a>, CommandError> {
        let held = self.held_name(start.attempt);
        let plan = tick::plan(self.finisher.floor, self.course.name, what, start, &held)?;
        Tick::begin(self.finisher.floor, &plan)
    }

    /// Lands what a job made, and writes down what became of both.
    fn finish(
        &self,
        teller: &mut Teller<'_>,
        job: &Job<'_>,
        worked: Worked,
    ) -> Result<Acted, CommandError> {
        let accepted = match &worked {
            Worked::Accepted(accepted) => {
                job.tick.worked(Ok(&accepted.commit))?;
                true
            }
            other => {
                job.tick.worked(Err(came(other)))?;
                false
            }
        };
        let finisher = Finisher {
            shop: &self.finisher.shop_of(job.seat),
            ..*self.finisher
        };
        let acted = finisher.finish(teller, job, worked);
        if accepted {
            settle(&job.tick, &acted)?;
        }
        Ok(acted)
    }

    /// Waits for the next job that is over, and lands what it made.
    fn take_in<'s>(
        &mut self,
        scope: &'s Scope<'s, 'a>,
        done: &Sender<(u32, Worked)>,
        doing: &Receiver<(u32, Worked)>,
        teller: &mut Teller<'a>,
    ) -> Option<Ending>
    where
        'a: 's,
    {
        let Ok((attempt, worked)) = doing.recv() else {
            return Some(Ending::Broken("the work was lost".to_owned()));
        };
        let mut job = self.jobs.remove(&attempt)?;
        let acted = match self.finish(teller, &job, worked) {
            Ok(acted) => acted,
            Err(error) => return Some(Ending::Broken(error.text().trim().to_owned())),
        };
        if matches!(acted, Acted::Again) {
            let Ok(view) = View::look(self.finisher.floor, &[]) else {
                return Some(Ending::Broken(
                    "the branch could not be looked at".to_owned(),
                ));
            };
            teller.say("the same places were changed meanwhile; tried again on top of that");
            job.is_second = true;
            job.start.base = view.head;
            job.start.onto = view.onto;
            job.tick = match self.tick((&job.piece, &job.label), &job.start) {
                Ok(tick) => tick,
                Err(error) => return Some(Ending::Broken(error.text().trim().to_owned())),
            };
            self.set_off(scope, done, job);
            return None;
        }
        if let (Piece::Phase(slug), Acted::Did(_, outcome)) = (&job.piece, &acted) {
            self.reports.came_of(slug, outcome);
        }
        match self.remember(Some(job), acted) {
            Looked::Over(ending) => Some(ending),
            Looked::On | Looked::Rest(_) => None,
        }
    }

    fn remember(&mut self, job: Option<Job<'_>>, acted: Acted) -> Looked {
        match acted {
            Acted::Again => Looked::On,
            Acted::Stopped => Looked::Over(Ending::Interrupted),
            Acted::NoAgent {
                message,
                signed_out,
            } => Looked::Over(Ending::NoAgent {
                message,
                signed_out,
            }),
            Acted::Did(tried, outcome) => {
                let outcome = self.with_quota(job, outcome);
                self.memory.remember(&tried, &outcome);
                self.spend(&tried);
                Looked::On
            }
        }
    }

    /// Notes what the provider said of its limit, for this run and the next.
    fn with_quota(&mut self, job: Option<Job<'_>>, outcome: Outcome) -> Outcome {
        let floor = self.finisher.floor;
        match outcome {
            Outcome::OutOfQuota { until } => {
                let waits = self.memory.quota_waits();
                let until = until.or_else(|| provider::back_off(floor, self.course, waits));
                provider::note(floor, until);
                self.notifier.tell(&Cause::LimitReached { until });
                if let Some(Job {
                    piece: piece @ Piece::Source(_),
                    ..
                }) = job
                {
                    self.owed.push(piece);
                }
                Outcome::OutOfQuota { until }
            }
            Outcome::Landed => {
                provider::forget(floor);
                Outcome::Landed
            }
            other @ (Outcome::Waits { .. }
            | Outcome::Unchanged
            | Outcome::Failed { .. }
            | Outcome::PutOff { .. }) => other,
        }
    }

    /// Returns what is to be begun again, where a run would end for want of
    /// something to do.
    fn owed_instead(&mut self, stop: &Stop) -> Option<Piece> {
        match stop {
            Stop::TargetsUsedUp | Stop::NothingEligible { .. } | Stop::WaitsForPeople { .. } => {
                self.owed.pop()
            }
            Stop::CountReached { .. }
            | Stop::WaitsToLand
            | Stop::Failures { .. }
            | Stop::OutOfQuota { .. }
            | Stop::Budget(_) => None,
        }
    }

    /// Claims a migration, or says who is at work on it.
    fn claim(&self, slug: &Slug) -> Result<Result<Claim, String>, CommandError> {
        let floor = self.finisher.floor;
        let holder = floor.context.holder("a run");
        match Claim::take(floor.place.state().path(), slug, &holder) {
            Ok(claim) => Ok(Ok(claim)),
            Err(ClaimError::Taken { holder, .. }) => Ok(Err(piton_base::on_one_line(&holder))),
            Err(error @ ClaimError::Lock { .. }) => {
                Err(CommandError::failed("could not go on").with_source(error))
            }
        }
    }

    fn held_name(&self, attempt: u32) -> String {
        format!("{}-{attempt:03}", self.finisher.run.id())
    }

    fn count_time(&mut self) {
        let clock = &self.finisher.floor.context.clock;
        let lasted = clock.elapsed().saturating_sub(self.began);
        self.memory.spent.seconds = lasted.as_secs();
    }

    /// Counts what was spent, and sets the rest before the next action.
    fn spend(&mut self, tried: &Tried) {
        let summary = self.finisher.run.summary();
        self.count_time();
        self.memory.spent.tokens = summary.usage.map_or(0, |usage| usage.total());
        self.memory.spent.dollars = summary.cost_usd.unwrap_or(0.0);
        let rests = !matches!(tried, Tried::Landing(_));
        if let Some(rest) = self.course.rest.filter(|_| rests) {
            let now = self.finisher.floor.context.clock.now();
            self.memory.rest_until = now.checked_add(rest).ok();
        }
    }

    /// Lets time pass, but no more than the run has.
    fn rest(&self, until: jiff::Timestamp) {
        let context = self.finisher.floor.context;
        let now = context.clock.now();
        let mut left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        if let Some(seconds) = self.course.limits.seconds {
            let over = Duration::from_secs(seconds.saturating_sub(self.memory.spent.seconds));
            left = left.min(over.max(Duration::from_millis(10)));
        }
        if left > LOOK_AGAIN {
            let text = format!("  waits until {until:.0}");
            context.out.say(Channel::General, Level::INFO, &text);
        }
        context.stop.wait(left.min(LOOK_AGAIN));
    }

    /// Validates the commit that the run starts from, once.
    fn baseline(&self, teller: &Teller<'_>, view: &View) -> Result<Option<Ending>, CommandError> {
        let floor = self.finisher.floor;
        let tree = piton_git::landing::tree_of(&floor.place.repository, &view.head)?;
        let proved = prove::baseline(
            self.finisher.shop,
            self.finisher.run,
            &view.head,
            tree.as_str(),
        );
        let proof = match proved {
            Ok(proof) => proof,
            Err(Halt::Stopped) => return Ok(Some(Ending::Interrupted)),
            Err(Halt::OutOfQuota { message, .. } | Halt::Unavailable { message, .. }) => {
                return Ok(Some(Ending::Broken(message)));
            }
            Err(Halt::Failed(failure)) => return Ok(Some(Ending::Broken(failure.story))),
        };
        let out = &floor.context.out;
        if proof.verdict.is_good() {
            if !matches!(proof.verdict, Verdict::NotAsked) && proof.record.is_none() {
                let text = format!("  {} was green before", view.head.short());
                out.say(Channel::General, Level::NORMAL, &text);
            }
            return Ok(None);
        }
        if let Verdict::Red(red) = &proof.verdict {
            teller.say(&red.tail);
        }
        if !proof.missing.is_empty() {
            out.hint(&format!(
                "your tree has {}, which git ignores and a slot does not have; set `slot.setup` to the command that makes it, such as `npm ci`",
                proof.missing.join(", ")
            ));
        }
        Ok(Some(Ending::BaselineRed))
    }
}

/// Says why work came to no commit.
fn came(worked: &Worked) -> Came<'_> {
    match worked {
        Worked::Accepted(_) => Came::ToNothing("it was accepted"),
        Worked::NotCommitted => Came::ToNothing("it is published where git does not look"),
        Worked::Unchanged { reason } | Worked::PutOff { reason, .. } => Came::ToNothing(reason),
        Worked::Failed { failure, .. } => {
            Came::Failed(failure.story.lines().next().unwrap_or_default())
        }
        Worked::OutOfQuota { message, .. } | Worked::Unavailable { message, .. } => {
            Came::Failed(message)
        }
        Worked::Stopped => Came::Failed("it was interrupted"),
    }
}

/// Writes down what became of a landing.
fn settle(tick: &Tick<'_>, acted: &Acted) -> Result<(), CommandError> {
    tick.landed(match acted {
        Acted::Did(_, Outcome::Landed) => Ok("landed"),
        Acted::Did(_, Outcome::Waits { reason, .. } | Outcome::Failed { reason, .. }) => {
            Err(reason)
        }
        Acted::Again => Err("the same places were changed meanwhile; it is made once more"),
        Acted::Did(_, Outcome::Unchanged | Outcome::PutOff { .. } | Outcome::OutOfQuota { .. })
        | Acted::NoAgent { .. }
        | Acted::Stopped => Err("it did not come to it"),
    })
}

fn tried(piece: &Piece) -> Tried {
    match piece.slug() {
        Some(slug) => Tried::Migration(slug.clone()),
        None => Tried::Source,
    }
}

fn label_of(piece: &Piece) -> String {
    match piece {
        Piece::Plan(slug) | Piece::Phase(slug) => slug.to_string(),
        Piece::Source(source) => source.target.description.clone(),
    }
}
