//! What every command that writes does first: finish what was interrupted.

use std::path::PathBuf;

use piton_agent::process::reap_leftovers;
use piton_base::StateDir;
use piton_git::landing::Recovered;
use piton_git::{GitRead, Repository};
use piton_loop::guard::{clear_kept, is_anything_kept};
use piton_loop::planning::sweep::sweep;
use piton_loop::work::land::settle;
use piton_migration::publish::Leftovers;
use piton_plan::PlanId;
use piton_plan::journal::Journal;

use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, ErrorKind};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::refuse_under_way;
use crate::world::Publishing;

impl Context {
    /// Finds the repository for a command that writes, and brings to its end
    /// whatever a dead process left in it. A dry run only says that it would.
    pub(crate) fn place_to_write(&self, args: &PlanArgs) -> Result<Place, CommandError> {
        let place = self.place()?;
        self.recover(&place, args.changes_nothing())?;
        if self.finish_cut_off(&place, args.changes_nothing())? {
            // The settings may say other places now.
            return self.place();
        }
        Ok(place)
    }

    /// The same in another checkout.
    pub(crate) fn place_in(&self, dir: &std::path::Path) -> Result<Place, CommandError> {
        let place = self.place_at(dir)?;
        self.recover(&place, false)?;
        Ok(place)
    }

    /// The same for a command that also runs programs which settings name.
    pub(crate) fn place_to_call(&self, args: &PlanArgs) -> Result<Place, CommandError> {
        let place = self.place_to_write(args)?;
        self.vetted(place)
    }

    /// The same for a command that recovers by itself, later: only a set-up that
    /// was cut off is finished first, for it says which settings hold.
    pub(crate) fn place_to_run(&self, only_look: bool) -> Result<Place, CommandError> {
        let place = self.after_what_was_cut_off(self.place()?, only_look)?;
        self.committed(place)
    }

    /// Where a set-up or a repair was cut off, clears away what it left and
    /// finishes it, before anything else is decided.
    pub(crate) fn after_what_was_cut_off(
        &self,
        place: Place,
        only_look: bool,
    ) -> Result<Place, CommandError> {
        if self.site(&place).cut_off()?.is_none() {
            return Ok(place);
        }
        self.recover(&place, only_look)?;
        if self.finish_cut_off(&place, only_look)? {
            return self.place();
        }
        Ok(place)
    }

    /// Recovers where being in a repository is not needed, and finishes a
    /// set-up or a repair that was cut off, if it is not `but`. Returns what was
    /// finished.
    pub(crate) fn recover_if_any(
        &self,
        only_look: bool,
        but: Option<PlanId>,
    ) -> Result<Option<PlanId>, CommandError> {
        let Some(place) = self.place_if_any()? else {
            return Ok(None);
        };
        self.recover(&place, only_look)?;
        let cut_off = self.site(&place).cut_off()?.map(|journal| journal.id());
        let wanted = cut_off.filter(|id| Some(*id) != but);
        if wanted.is_some() && self.finish_cut_off(&place, only_look)? {
            return Ok(wanted);
        }
        Ok(None)
    }

    /// Where a piton was killed in the middle of a call, sets aside what the
    /// agent planted, before any git with hooks runs here.
    pub(crate) fn clear_planted(&self, repository: &Repository) -> Result<(), CommandError> {
        let state = StateDir::of(repository.common_dir());
        let guards = state.guards();
        if !is_anything_kept(&self.disk, &guards) {
            return Ok(());
        }
        // An agent that goes on could plant it again.
        self.end_agents(&state);
        let holder = self.holder("looking for what an agent planted");
        let found = clear_kept(&self.disk, repository, &guards, &state.failures(), &holder);
        for left in
            found.or_failed("could not check what an agent changed whose piton was killed")?
        {
            let strays: Vec<String> = left.strays.iter().map(ToString::to_string).collect();
            self.out.warn(&format!(
                "piton was killed while an agent worked, and {} changed since; git would run or \
                 use that, so it was moved to {}, and what was there before is back",
                strays.join(", "),
                left.set_aside.display()
            ));
            self.out.hint("if it was yours, put it back from there");
        }
        Ok(())
    }

    fn tell_of_recovery(&self, text: &str) {
        self.out.note(Channel::Recovery, Level::WARNING, text);
    }

    /// Ends agents whose piton is dead.
    fn end_agents(&self, state: &StateDir) {
        match reap_leftovers(&self.disk, &state.calls()) {
            Ok(0) => {}
            Ok(n) => self.tell_of_recovery(&format!(
                "recovered: ended {n} processes of an agent that outlived its piton"
            )),
            Err(error) => self
                .out
                .warn(&format!("could not check for agents left running: {error}")),
        }
    }

    /// Carries a set-up or a repair that was cut off to its end. In the middle of
    /// a merge and the like nothing is begun that needs it.
    fn finish_cut_off(&self, place: &Place, only_look: bool) -> Result<bool, CommandError> {
        let Some(journal) = self.site(place).cut_off()? else {
            return Ok(false);
        };
        if !only_look {
            refuse_under_way(place, &format!("finish {}", interrupted(&journal)))?;
        }
        self.finish(place, &journal, only_look)
    }

    /// The same for a command that only the same command finishes, because it
    /// asks others: nobody else should wait for them.
    pub(crate) fn finish_own(&self, command: &str, only_look: bool) -> Result<(), CommandError> {
        let place = self.place()?;
        let own = self.site(&place).cut_off_of(|it| it == command)?;
        match own {
            Some(journal) => self.finish(&place, &journal, only_look).map(drop),
            None => Ok(()),
        }
    }

    fn finish(
        &self,
        place: &Place,
        journal: &Journal,
        only_look: bool,
    ) -> Result<bool, CommandError> {
        let what = interrupted(journal);
        if only_look {
            self.tell_of_recovery(&format!(
                "{what} has to be finished first; this plan was made without that"
            ));
            return Ok(false);
        }
        let finished = self.site(place).finish(journal)?;
        if finished {
            self.tell_of_recovery(&format!("recovered: finished {what}"));
        } else {
            self.tell_of_recovery(&format!(
                "{what} could not be finished; `piton journal resume {}` says why",
                journal.id()
            ));
        }
        Ok(finished)
    }

    /// The same for a place that was found already.
    pub(crate) fn recover(&self, place: &Place, only_look: bool) -> Result<(), CommandError> {
        let publishing = Publishing::new(&place.repository, place.live());
        let publisher = publishing.publisher();
        if only_look {
            if publisher.is_anything_left() {
                self.tell_of_recovery(
                    "an interrupted publish has to be finished first; this plan was made \
                     without that",
                );
            }
            return Ok(());
        }
        place.refuse_unfit_lock()?;
        self.end_agents(&place.state());
        let notices = publisher.recover().map_err(|error| {
            let kind = match place.repository.under_way() {
                Ok(Some(_)) => ErrorKind::NeedsPerson,
                Ok(None) | Err(_) => ErrorKind::Failed,
            };
            CommandError::new(kind, "could not finish what was interrupted")
                .hints(error.hint())
                .with_source(error)
                .hint("`piton migration doctor --all` shows what is left")
        })?;
        self.settle_landings(place)?;
        let settled = self.site(place).settle_ticks()?;
        if !settled.is_empty() {
            let landed = settled.iter().filter(|it| **it).count();
            let actions = match settled.len() {
                1 => "an action".to_owned(),
                many => format!("{many} actions"),
            };
            self.tell_of_recovery(&format!(
                "recovered: {actions} of a run that was cut off; {landed} landed, what was accepted lands with the next run"
            ));
        }
        if let Ok(site) = place.planning_site() {
            // A leftover that stays costs space and nothing else.
            let _ = sweep(&self.disk, &site);
        }
        self.out.trace("looked for what was interrupted");
        for notice in notices {
            self.tell_of_recovery(&format!("recovered: {notice}"));
        }
        Ok(())
    }

    /// Finishes or puts back commits that were cut off on their way to a branch.
    fn settle_landings(&self, place: &Place) -> Result<(), CommandError> {
        let holder = self.holder("recovering a landing");
        let settled = settle(&self.disk, &place.repository, place.state().path(), &holder)
            .or_failed("could not finish a landing that was interrupted")?;
        for one in settled {
            match one {
                Recovered::NothingTouched => {}
                Recovered::SetAside { kept, reason } => self.out.warn(&format!(
                    "the record of a landing is not piton's ({reason}); it is kept in {}",
                    kept.display()
                )),
                Recovered::Finished { commit } => {
                    let commit = commit.short();
                    self.tell_of_recovery(&format!("recovered: finished landing {commit}"));
                }
                Recovered::PutBack { commit, left, kept } => {
                    let left: Vec<String> =
                        left.iter().map(|path| path.display().to_string()).collect();
                    self.tell_of_what_was_put_back(commit.short(), &left.join(", "), kept);
                }
            }
        }
        Ok(())
    }

    fn tell_of_what_was_put_back(&self, commit: &str, left: &str, kept: Option<PathBuf>) {
        if let Some(kept) = kept {
            let left = match left {
                "" => String::new(),
                left => format!("; {left} was left as it is"),
            };
            self.out.warn(&format!(
                "landing {commit} was cut off, and some of the files of it are in no commit; they are kept in {}{left}",
                kept.display()
            ));
            return;
        }
        let after = match left {
            "" => "; it lands again".to_owned(),
            left => format!(", but for {left}, which changed since"),
        };
        self.tell_of_recovery(&format!(
            "recovered: put your files back that landing {commit} had begun to change{after}"
        ));
    }
}

/// Names what was cut off.
fn interrupted(journal: &Journal) -> String {
    format!("the interrupted `piton {}`", journal.begun().command)
}
