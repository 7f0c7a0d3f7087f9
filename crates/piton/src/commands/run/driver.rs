//! The loop itself: look, decide, begin, land, remember.
//!
//! Work goes on in threads, as many at once as are wanted; everything else, the
//! landing above all, is done here, one thing after the other.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;
use std::time::Duration;

use piton_base::Clock;
use piton_git::{GitRead as _, UnderWay};
use piton_loop::claim::{Claim, ClaimError};
use piton_loop::deciding::memory::{Memory, Outcome};
use piton_loop::deciding::next::Next;
use piton_loop::runs::{ActionKind, ActionOutcome};
use piton_loop::targets::Source;
use piton_loop::work::accepted::Held;
use piton_loop::work::{Piece, Start, Worked};
use piton_migration::slug::Slug;

use super::act::{Acted, Finisher};
use super::drive::Course;
use super::ending::Ending;
use super::job::{Job, label_of, tried};
use super::notify::{Cause, Notifier};
use super::provider;
use super::report::Reports;
use super::settled::{came, settle};
use super::tell::{Facts, Teller};
use super::tick::{self, Tick};
use super::view::View;
use crate::commands::migration::planned_step;
use crate::error::CommandError;
use crate::output::{Channel, Level};

/// How long a migration is left alone that somebody else is at work on.
const CLAIMED: Duration = Duration::from_secs(60);
/// How long a merge, a rebase and the like of the user's is waited for, and how
/// often it is looked at: most are over in a moment.
const MERGING: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(super) struct Driver<'a> {
    pub(super) finisher: &'a Finisher<'a>,
    pub(super) course: &'a Course,
    source: &'a Source,
    seed: u64,
    pub(super) memory: Memory,
    proved: bool,
    /// Since when a merge or the like of the user's is in the way.
    held_back: Option<Duration>,
    /// Until when it was said to wait, so that it is said once.
    pub(super) told_to_wait: Option<jiff::Timestamp>,
    /// What the provider had no more for, to be begun again.
    pub(super) owed: Vec<Piece>,
    /// What the plans of shared migrations are told.
    reports: Reports<'a>,
    jobs: BTreeMap<u32, Job<'a>>,
    pub(super) notifier: &'a Notifier<'a>,
}

/// What comes of one look.
pub(super) enum Looked {
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
            held_back: None,
            told_to_wait: None,
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
        self.count();
        if let Some(begun) = floor.place.repository.under_way() {
            return Ok(self.hold_back(begun));
        }
        self.held_back = None;
        floor.place.refuse_unfit_lock()?;
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
            &self.finisher.shop.allowance.limits(),
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
            if let Some(ending) = self.finisher.baseline(teller, &view)? {
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
            Ok(Next::Source { target, place }) => {
                self.memory.pass_to(place);
                let piece = self.course.piece(target, floor.routes(&view));
                let label = label_of(&piece);
                (piece, ActionKind::CleanUp, label)
            }
            Ok(Next::Land(_) | Next::Wait { .. } | Next::Stop(_)) => return Ok(Looked::On),
        };
        self.begin(scope, done, teller, &view, (piece, kind, &label))
    }

    /// Nothing could land now, so nobody is paid for what would have to wait.
    fn hold_back(&mut self, begun: UnderWay) -> Looked {
        let clock = &self.finisher.floor.context.clock;
        let since = *self.held_back.get_or_insert(clock.elapsed());
        let again = clock.now().checked_add(LOOK_AGAIN);
        match again {
            Ok(again) if clock.elapsed().saturating_sub(since) < MERGING => Looked::Rest(again),
            Ok(_) | Err(_) => Looked::Over(Ending::UnderWay(begun)),
        }
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
                let told = teller.begin(None, (kind, label), &[]);
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
        let told = teller.begin(Some(seat), (kind, label), files);
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
        let run = finisher.run.of_job(job.seat);
        self.jobs.insert(attempt, job);
        scope.spawn(move || {
            let worked = piece.work(&shop, &run, &start);
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
            run: &self.finisher.run.of_job(job.seat),
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
            let again = "the same places were changed meanwhile; tried again on top of that";
            teller.say_of(&job.told, again);
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
}
