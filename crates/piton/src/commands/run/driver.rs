//! The loop itself: look, decide, begin, land, remember.
//!
//! Work goes on in threads, as many at once as are wanted; everything else, the
//! landing above all, is done by the one driver, one thing after the other.

use std::collections::BTreeMap;
use std::sync::mpsc::{Sender, channel};
use std::thread::Scope;
use std::time::Duration;

use piton_base::Clock;
use piton_base::terminal::clean;
use piton_git::{GitRead as _, UnderWay};
use piton_loop::deciding::limits::Limits;
use piton_loop::deciding::memory::Memory;
use piton_loop::deciding::next::{Decision, Next};
use piton_loop::deciding::stop::Stop;
use piton_loop::targets::Source;
use piton_loop::work::{Piece, Worked};

use super::course::Course;
use super::ending::Ending;
use super::finisher::Finisher;
use super::job::Job;
use super::notify::{Cause, Notifier};
use super::piece::label_of;
use super::provider;
use super::report::Reports;
use super::settled::settle;
use super::show;
use super::tick::{self, Tick};
use super::view::{Terms, View};
use crate::error::CommandError;
use crate::output::{Channel, Level};
use crate::workshop::Teller;

/// How long a merge, a rebase and the like of the user's is waited for, and how
/// often it is looked at: most are over in a moment.
const MERGING: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Of how many migrations is said what is in their way.
const MOST: usize = 10;

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
    pub(super) reports: Reports<'a>,
    pub(super) jobs: BTreeMap<u32, Job<'a>>,
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

    fn terms<'t>(&'t self, limits: &'t Limits) -> Terms<'t> {
        Terms {
            source: self.source,
            limits,
            memory: &self.memory,
            seed: self.seed,
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
        if let Some(begun) = floor.place.repository.under_way()? {
            return Ok(self.hold_back(begun));
        }
        self.held_back = None;
        floor.place.refuse_unwritable()?;
        if self.jobs.is_empty() {
            self.reports.hear();
        }
        let names: Vec<String> = self.jobs.keys().map(|it| self.held_name(*it)).collect();
        let view = View::look(floor, &names)?;
        let limits = self.finisher.shop.allowance.limits();
        let decision = view.decide(floor, self.terms(&limits));
        self.tell_what_stays(&view, &decision);
        let (piece, label) = match decision.next {
            Next::Wait { until } => return Ok(Looked::Rest(until)),
            Next::Land(name) => return self.land(teller, &view, &name),
            Next::Stop(stop) => {
                let Some(piece) = self.owed_instead(&stop) else {
                    self.tell_what_is_left(&view, &stop);
                    return Ok(Looked::Over(Ending::Decided(stop)));
                };
                let label = label_of(&piece);
                (piece, label)
            }
            Next::Plan(slug) => {
                let label = slug.to_string();
                (Piece::Plan(slug), label)
            }
            Next::Phase { slug, index } => {
                let label = view.phase(&slug, index);
                (Piece::Phase(slug), label)
            }
            Next::Source { target, place } => {
                self.memory.pass_to(place);
                let piece = self.course.piece(target, view.routes(floor));
                let label = label_of(&piece);
                (piece, label)
            }
        };
        if !self.proved {
            if let Some(ending) = self.finisher.baseline(teller, &view)? {
                return Ok(Looked::Over(ending));
            }
            self.proved = true;
        }
        self.begin(scope, done, teller, &view, (piece, &label))
    }

    /// Tells which migrations wait for people, and which are passed over.
    fn tell_what_stays(&self, view: &View, decision: &Decision) {
        for (slug, why) in view.waiting_for_people() {
            let migration = slug.as_str();
            self.notifier.tell(&Cause::PersonNeeded { migration, why });
        }
        let out = self.finisher.floor.context.out;
        for (slug, reason) in &decision.passed_over {
            let text = format!("{slug} is passed over: {reason}");
            out.note(Channel::General, Level::DETAIL, &text);
        }
    }

    /// Lands work that was held, unless somebody landed it meanwhile.
    fn land(
        &mut self,
        teller: &mut Teller<'a>,
        view: &View,
        name: &str,
    ) -> Result<Looked, CommandError> {
        let Some(work) = view.held_work(name) else {
            return Ok(Looked::On);
        };
        let tick = tick::landing(self.course.way.as_str(), work)?;
        let tick = Tick::begin(self.finisher.floor, &tick)?;
        let acted = self.finisher.land_again(teller, work);
        settle(&tick, &acted)?;
        Ok(self.remember(None, acted))
    }

    /// Where a run ends because nothing can be done, says of each migration that
    /// is not over what is in its way, as far as people read.
    fn tell_what_is_left(&self, view: &View, stop: &Stop) {
        match stop {
            Stop::NothingEligible { .. } | Stop::WaitsForPeople { .. } => {}
            Stop::CountReached { .. }
            | Stop::TargetsUsedUp
            | Stop::WaitsToLand
            | Stop::Failures { .. }
            | Stop::OutOfQuota { .. }
            | Stop::Budget(_) => return,
        }
        let floor = self.finisher.floor;
        let limits = self.finisher.shop.allowance.limits();
        let queue = view.queue(floor, self.terms(&limits));
        let left: Vec<String> = queue.iter().filter_map(show::in_the_way).collect();
        let say = |text: &str| floor.context.out.say(Channel::General, Level::NORMAL, text);
        for text in left.iter().take(MOST) {
            say(&format!("  {}", clean(text)));
        }
        if let Some(more) = left.len().checked_sub(MOST).filter(|more| *more > 0) {
            say(&format!("  and {more} more; --dry-run shows all"));
        }
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
}
