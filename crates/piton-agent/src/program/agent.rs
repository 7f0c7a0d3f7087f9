//! What a program that is an agent is called with.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use piton_base::Clock;
use piton_durable::Disk;

use crate::adapter::AdapterSpec;
use crate::agent::{AgentError, CallRecord, Probe};
use crate::call::AgentCall;
use crate::environment;
use crate::host::Host;
use crate::redact::Redactor;
use crate::sealing::SealTerms;

#[derive(Debug)]
pub struct ProgramAgent {
    pub(super) name: String,
    pub(super) spec: AdapterSpec,
    pub(super) host: Host,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) redactor: Redactor,
    pub(super) probed: OnceLock<Probe>,
    calls: AtomicU64,
    pub(super) notes: Option<PathBuf>,
    pub(super) terms: SealTerms,
}

impl ProgramAgent {
    /// Takes a description and the world to run it in. The values of piton's own
    /// environment that look like secrets are kept out of what is stored.
    pub fn new(
        name: impl Into<String>,
        spec: AdapterSpec,
        host: Host,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let redactor = Redactor::new(environment::secrets(&host));
        Self {
            name: name.into(),
            spec,
            host,
            disk,
            clock,
            redactor,
            probed: OnceLock::new(),
            calls: AtomicU64::new(0),
            notes: None,
            terms: SealTerms::off(),
        }
    }

    /// Says on what terms its calls run.
    #[must_use]
    pub fn on_terms(mut self, terms: SealTerms) -> Self {
        self.terms = terms;
        self
    }

    /// Adds secrets that are known from elsewhere, such as a forge token.
    #[must_use]
    pub(crate) fn with_secrets(mut self, secrets: impl IntoIterator<Item = String>) -> Self {
        self.redactor = Redactor::new(environment::secrets(&self.host).into_iter().chain(secrets));
        self
    }

    /// Leaves the notes of calls under way in one directory instead of in those
    /// of the calls, so that the next piton finds them at once.
    #[must_use]
    pub(crate) fn noting_in(mut self, directory: PathBuf) -> Self {
        self.notes = Some(directory);
        self
    }

    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), AgentError> {
        Ok(self.disk.write_new(path, text.as_bytes(), 0o600)?)
    }

    /// Returns a name for a call that no other call has.
    pub(super) fn token(&self) -> String {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        format!(
            "{}-{}-{call}",
            std::process::id(),
            self.clock.now().as_nanosecond()
        )
    }

    /// Begins the record of a call with this command line.
    pub(super) fn record(
        &self,
        call: &AgentCall,
        line: &[String],
        started_at: Timestamp,
    ) -> CallRecord {
        let shown = line.iter().map(|argument| self.redactor.text(argument));
        CallRecord {
            sealed: Some(self.terms.standing.clone()),
            ..CallRecord::of(&self.name, call, shown.collect(), started_at)
        }
    }
}
