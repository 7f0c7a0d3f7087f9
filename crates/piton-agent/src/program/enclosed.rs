//! The limits of one call.

use super::agent::ProgramAgent;
use crate::adapter::ReplySource;
use crate::agent::{AgentError, CallFiles};
use crate::call::AgentCall;
use crate::sealing::{Enclosure, Needs, Purpose, StateGuard};
use piton_durable::create_dirs;
use piton_seal::Standing;

impl ProgramAgent {
    /// Makes the place where a call runs: it may write its slot, its reply and
    /// what the adapter names.
    pub fn enclosure(
        &self,
        call: &AgentCall,
        files: &CallFiles,
        token: &str,
    ) -> Result<Enclosure<'_>, AgentError> {
        self.make_state_places();
        let mut write = vec![call.cwd.clone(), call.workspace.clone()];
        if self.spec.reply == ReplySource::File {
            // What is not there cannot be granted.
            self.write(&files.raw_reply(), "")?;
            write.push(files.raw_reply());
        }
        let needs = Needs {
            write,
            write_if_there: self.state_places().map(|(_, place)| place).collect(),
            read: vec![files.directory.clone()],
            purpose: Purpose::Working,
            caches: call.caches,
        };
        Enclosure::make(&self.terms, needs, token, &*self.disk).map_err(AgentError::Enclosure)
    }

    /// Makes the directories of the agent's state that are not there yet: what
    /// is not there cannot be granted, and an agent that was never used here
    /// could not begin. One that cannot be made is the agent's to miss.
    fn make_state_places(&self) {
        if self.terms.standing == Standing::Off {
            return;
        }
        for (_, place) in self.state_places() {
            if matches!(self.disk.stat(&place), Ok(None))
                && create_dirs(&*self.disk, &place).is_ok()
            {
                // It will hold how the user signed in.
                let _ = self.disk.set_mode(&place, 0o700);
            }
        }
    }

    /// Remembers the agent's state, as far as it may not change.
    pub fn states(&self) -> Result<Vec<StateGuard>, AgentError> {
        if self.terms.standing == Standing::Off {
            return Ok(Vec::new());
        }
        let guard = |(spec, place): (&crate::sealing::StateSpec, std::path::PathBuf)| {
            let failed = |source| AgentError::State {
                path: place.clone(),
                source,
            };
            StateGuard::before(&*self.disk, place.clone(), spec.clone()).map_err(failed)
        };
        self.state_places().map(guard).collect()
    }

    /// Puts back what was changed of it, and returns what is to be told.
    pub fn put_back(&self, states: &[StateGuard], files: &CallFiles) -> Vec<String> {
        let aside = files.directory.join("state");
        let told = |state: &StateGuard| {
            let changed = state.put_back(&*self.disk, &aside);
            (!changed.is_empty()).then(|| {
                format!(
                    "{} changed its own settings, and they were put back: {}; what it left is \
                     in {}",
                    self.name,
                    named(&changed),
                    aside.display()
                )
            })
        };
        states.iter().filter_map(told).collect()
    }

    fn state_places(
        &self,
    ) -> impl Iterator<Item = (&crate::sealing::StateSpec, std::path::PathBuf)> {
        let places = self.spec.state.iter();
        places.filter_map(|spec| Some((spec, spec.place(&self.host)?)))
    }
}

/// Names the first few of many.
fn named(changed: &[String]) -> String {
    const MOST: usize = 8;
    let first = changed
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match changed.len().saturating_sub(MOST) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
