//! Publishes, landings and actions of a run that were cut off.

use std::path::PathBuf;

use piton_git::GitRead as _;
use piton_git::landing::Recovered;
use piton_loop::planning::sweep::sweep;
use piton_loop::work::land::settle;
use piton_migration::publish::Leftovers as _;

use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, ErrorKind};
use crate::output::{Channel, Level};
use crate::world::Publishing;

impl Context {
    /// Brings to its end what a dead process left in a place. A dry run only says
    /// that it would.
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

    pub(super) fn tell_of_recovery(&self, text: &str) {
        self.out.note(Channel::Recovery, Level::WARNING, text);
    }
}
