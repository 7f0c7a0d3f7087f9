//! Agents that outlived their piton, and what they planted.

use piton_agent::process::reap_leftovers;
use piton_base::StateDir;
use piton_git::{GitRead as _, Repository};
use piton_loop::guard::{clear_kept, is_anything_kept};

use crate::context::Context;
use crate::error::{Attempt as _, CommandError};

impl Context {
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

    /// Ends agents whose piton is dead.
    pub(super) fn end_agents(&self, state: &StateDir) {
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
}
