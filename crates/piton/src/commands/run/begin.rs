//! Beginning a piece of work: whose it is, where it goes on, what says so.

use std::sync::mpsc::Sender;
use std::thread::Scope;
use std::time::Duration;

use piton_base::Clock;
use piton_loop::claim::{Claim, ClaimError};
use piton_loop::deciding::memory::Outcome;
use piton_loop::runs::ActionOutcome;
use piton_loop::work::{Piece, Start, Worked};
use piton_migration::slug::Slug;

use super::driver::{Driver, Looked};
use super::job::Job;
use super::piece::{files_of, kind_of, tried};
use super::tick::{self, Tick};
use super::view::View;
use crate::error::{Attempt as _, CommandError};
use crate::migrations::planned_step;
use crate::workshop::{Facts, Teller};

/// How long a migration is left alone that somebody else is at work on.
const CLAIMED: Duration = Duration::from_secs(60);

impl<'a> Driver<'a> {
    /// Begins a piece of work, or leaves it to whoever is at work on it.
    pub(super) fn begin<'s>(
        &mut self,
        scope: &'s Scope<'s, 'a>,
        done: &Sender<(u32, Worked)>,
        teller: &mut Teller<'a>,
        view: &View,
        (piece, label): (Piece, &str),
    ) -> Result<Looked, CommandError>
    where
        'a: 's,
    {
        let floor = self.finisher.floor;
        if piece.slug().is_some() {
            floor.place.refuse_unwritable_migrations()?;
        }
        let claim = piece.slug().map(|slug| self.claim(slug)).transpose()?;
        let claim = match claim.transpose() {
            Ok(claim) => claim,
            Err(why) => {
                self.leave_alone(teller, (&piece, label), why);
                return Ok(Looked::On);
            }
        };
        let attempt = self.next_attempt()?;
        let seat = self.free_seat();
        let what = (kind_of(&piece), label);
        let told = teller.begin(Some(seat), what, files_of(&piece));
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

    /// Leaves a piece to whoever is at work on it, for a while.
    fn leave_alone(
        &mut self,
        teller: &mut Teller<'a>,
        (piece, label): (&Piece, &str),
        why: String,
    ) {
        let told = teller.begin(None, (kind_of(piece), label), &[]);
        let now = self.finisher.floor.context.clock.now();
        teller.end(&told, ActionOutcome::PutOff, &why, Facts::default());
        let outcome = Outcome::PutOff {
            reason: why,
            until: now.checked_add(CLAIMED).ok(),
        };
        self.memory.remember(&tried(piece), &outcome);
    }

    /// Counts one more piece of work, and returns its number.
    fn next_attempt(&self) -> Result<u32, CommandError> {
        let run = &self.finisher.run;
        let attempt = run.summary().counts.attempts_started + 1;
        run.update(|summary| summary.counts.attempts_started += 1)
            .or_failed("could not keep the record")?;
        Ok(attempt)
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
    pub(super) fn set_off<'s>(
        &mut self,
        scope: &'s Scope<'s, 'a>,
        done: &Sender<(u32, Worked)>,
        job: Job<'a>,
    ) where
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
    pub(super) fn tick(
        &self,
        what: (&Piece, &str),
        start: &Start,
    ) -> Result<Tick<'a>, CommandError> {
        let held = self.held_name(start.attempt);
        let plan = tick::plan(
            self.finisher.floor,
            self.course.way.as_str(),
            what,
            start,
            &held,
        )?;
        Tick::begin(self.finisher.floor, &plan)
    }

    /// Claims a migration, or says who is at work on it.
    fn claim(&self, slug: &Slug) -> Result<Result<Claim, String>, CommandError> {
        let floor = self.finisher.floor;
        let holder = floor.context.holder("a run");
        match Claim::take(floor.place.state().path(), slug, &holder) {
            Ok(claim) => Ok(Ok(claim)),
            Err(ClaimError::Taken { holder, .. }) => Ok(Err(piton_base::on_one_line(&holder))),
            Err(error @ ClaimError::Lock { .. }) => {
                Err(CommandError::failed("could not claim the migration").with_source(error))
            }
        }
    }

    /// Names what an action of this run made, while it is held.
    pub(super) fn held_name(&self, attempt: u32) -> String {
        format!("{}-{attempt:03}", self.finisher.run.id())
    }
}
