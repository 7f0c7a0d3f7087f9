//! Taking in what a job made, once its work is over.

use std::sync::mpsc::{Receiver, Sender};
use std::thread::Scope;

use piton_loop::work::{Piece, Worked};

use super::driver::{Driver, Looked};
use super::ending::Ending;
use super::finisher::{Acted, Finisher};
use super::job::Job;
use super::settled::{came, settle};
use super::view::View;
use crate::error::CommandError;
use crate::workshop::Teller;

impl<'a> Driver<'a> {
    /// Lands what a job made, and writes down what became of both.
    pub(super) fn finish(
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
    pub(super) fn take_in<'s>(
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
            return Some(Ending::Broken("a job ended without a result".to_owned()));
        };
        let mut job = self.jobs.remove(&attempt)?;
        let acted = match self.finish(teller, &job, worked) {
            Ok(acted) => acted,
            Err(error) => return Some(Ending::Broken(error.text().trim().to_owned())),
        };
        if matches!(acted, Acted::Again) {
            let Ok(view) = View::look(self.finisher.floor, &[]) else {
                return Some(Ending::Broken("the branch could not be read".to_owned()));
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
}
