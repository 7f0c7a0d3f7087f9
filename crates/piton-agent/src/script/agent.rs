//! Playing a script through the same seam as any agent.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use piton_durable::Disk;
use serde::{Deserialize, Serialize};

use super::file::{Script, ScriptError, Step};
use super::making;
use crate::agent::{Agent, AgentError, CallEvent, CallEvents, CallFiles, CallRecord, Probe};
use crate::call::AgentCall;
use crate::outcome::Outcome;
use crate::process::ExitKind;
use piton_base::{Clock, Stop};

/// An agent that plays a script, in this very process.
#[derive(Debug)]
pub struct ScriptAgent {
    script: Script,
    path: PathBuf,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    /// Where to remember over several runs of piton how far the script is.
    progress: Option<PathBuf>,
    used: Mutex<Vec<u64>>,
}

/// How often each step was used, as it is remembered.
#[derive(Serialize, Deserialize)]
struct Progress {
    version: u32,
    used: Vec<u64>,
}

impl ScriptAgent {
    pub fn new(script: Script, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>) -> Self {
        let used = Mutex::new(vec![0; script.steps.len()]);
        Self {
            script,
            path: PathBuf::from("script"),
            disk,
            clock,
            progress: None,
            used,
        }
    }

    /// Reads the script at `path`.
    pub fn open(
        path: &Path,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AgentError> {
        let failed = |source| AgentError::Script {
            path: path.to_path_buf(),
            source,
        };
        let bytes = disk.read(path).map_err(ScriptError::Read).map_err(failed)?;
        let script = String::from_utf8_lossy(&bytes).parse().map_err(failed)?;
        Ok(Self {
            path: path.to_path_buf(),
            ..Self::new(script, disk, clock)
        })
    }

    /// Remembers in a file how far the script is, so that the next run of piton
    /// carries on there. A file of another script is started again.
    #[must_use]
    pub fn with_progress(mut self, path: PathBuf) -> Self {
        let before = self.disk.read(&path).ok();
        let before = before.and_then(|text| serde_json::from_slice::<Progress>(&text).ok());
        let before = before.filter(|progress| {
            progress.version == 1 && progress.used.len() == self.script.steps.len()
        });
        if let Some(before) = before {
            self.used = Mutex::new(before.used);
        }
        self.progress = Some(path);
        self
    }

    /// Chooses the step for a call and counts it as used.
    fn take(&self, call: &AgentCall) -> Result<Option<&Step>, AgentError> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(index) = self.script.choose(&used, call) else {
            return Ok(None);
        };
        used[index] += 1;
        if let Some(path) = &self.progress {
            let progress = Progress {
                version: 1,
                used: used.clone(),
            };
            self.remember(path, &progress)
                .map_err(|source| AgentError::Write {
                    path: path.clone(),
                    source,
                })?;
        }
        Ok(Some(&self.script.steps[index]))
    }

    fn remember(&self, path: &Path, progress: &Progress) -> std::io::Result<()> {
        let text = serde_json::to_vec(progress).map_err(std::io::Error::other)?;
        let new = path.with_extension("new");
        let _ = self.disk.remove_file(&new);
        if let Some(parent) = path.parent() {
            piton_durable::create_dirs(&*self.disk, parent).map_err(std::io::Error::other)?;
        }
        self.disk.write_new(&new, &text, 0o600)?;
        Ok(self.disk.rename(&new, path)?)
    }

    fn play(
        &self,
        call: &AgentCall,
        step: Option<&Step>,
        stop: &Stop,
    ) -> Result<Outcome, AgentError> {
        let Some(step) = step else {
            let message = format!("the script has no step for {}", call.role);
            return Ok(Outcome::Rejected { message });
        };
        // Time passes as with a real agent.
        if stop.wait(Duration::from_millis(step.pause_ms)) {
            return Ok(Outcome::Stopped);
        }
        for change in &step.edits {
            making::make(&*self.disk, call, change).map_err(|source| AgentError::Script {
                path: self.path.clone(),
                source: ScriptError::Edit {
                    path: change.path.clone(),
                    source,
                },
            })?;
        }
        let message = step.reply.clone();
        Ok(match step.failure {
            Some(class) => Outcome::failed(class, message, ExitKind::Code(1), step.until),
            None => Outcome::of_reply(message, step.structured.clone()),
        })
    }
}

impl Agent for ScriptAgent {
    fn name(&self) -> &'static str {
        "script"
    }

    fn probe(&self) -> Probe {
        Probe::Ready {
            version: None,
            warning: None,
        }
    }

    fn command_line(&self, _call: &AgentCall, _files: &CallFiles) -> Vec<String> {
        vec![
            "script".to_owned(),
            self.path.to_string_lossy().into_owned(),
        ]
    }

    fn call(
        &self,
        call: &AgentCall,
        files: &CallFiles,
        stop: &Stop,
        events: &dyn CallEvents,
    ) -> Result<CallRecord, AgentError> {
        let write = |path: PathBuf, text: &str| self.disk.write_new(&path, text.as_bytes(), 0o600);
        let arguments = self.command_line(call, files);
        events.event(CallEvent::Started {
            pid: None,
            arguments: &arguments,
        });
        let started_at = self.clock.now();
        // The step counts as used before anything shows that the call began, so
        // that a call that is killed is not played a second time.
        let step = self.take(call)?;
        write(files.prompt(), &call.prompt)?;
        let result = if stop.requested() {
            Outcome::Stopped
        } else {
            self.play(call, step, stop)?
        };
        let text = result
            .reply()
            .map_or(String::new(), |reply| reply.text.clone());
        write(files.stdout(), &text)?;
        write(files.stderr(), "")?;
        if result.reply().is_some() {
            write(files.reply(), &text)?;
        }
        events.event(CallEvent::Stdout(text.as_bytes()));
        let record = CallRecord {
            exit: ExitKind::Code(i32::from(result.reply().is_none())),
            result,
            stdout_bytes: text.len() as u64,
            ..CallRecord::of("script", call, arguments, started_at)
        };
        record.keep(&*self.disk, files)
    }
}
