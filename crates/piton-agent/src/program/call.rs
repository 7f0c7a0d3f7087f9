//! One call of a program, from its prompt to its record.

use std::path::PathBuf;

use piton_base::Stop;
use piton_seal::Standing;

use super::agent::ProgramAgent;
use super::recording::{Kept, Recording};
use super::version;
use crate::adapter::{PromptDelivery, ReplySource};
use crate::agent::{Agent, AgentError, CallEvent, CallEvents, CallFiles, CallRecord, Probe, Tells};
use crate::call::AgentCall;
use crate::classify::{Evidence, classify};
use crate::dialect::{Dialect, Opening, StreamKind};
use crate::outcome::{Outcome, Reply};
use crate::process::{Ended, Launch, LaunchError, Marker, supervise};
use crate::sealing::{Enclosure, MET_THE_SEAL, met_the_seal};

impl Agent for ProgramAgent {
    fn name(&self) -> &str {
        &self.name
    }

    fn answers_by_schema(&self) -> bool {
        !self.spec.schema_arguments.is_empty()
    }

    fn tells(&self) -> Tells {
        match self.spec.stream {
            StreamKind::ClaudeStreamJson | StreamKind::Acp => Tells {
                tokens: true,
                cost: true,
            },
            StreamKind::CodexJsonl => Tells {
                tokens: true,
                cost: false,
            },
            StreamKind::Plain => Tells::default(),
        }
    }

    fn probe(&self) -> Probe {
        let look = || {
            version::probe(
                &self.name,
                &self.spec,
                &self.host,
                self.token(),
                &*self.clock,
            )
        };
        self.probed.get_or_init(look).clone()
    }

    fn command_line(&self, call: &AgentCall, files: &CallFiles) -> Vec<String> {
        let mut line = vec![self.spec.program.clone()];
        line.extend(self.arguments(call, files));
        line
    }

    fn call(
        &self,
        call: &AgentCall,
        files: &CallFiles,
        stop: &Stop,
        events: &dyn CallEvents,
    ) -> Result<CallRecord, AgentError> {
        let probe = self.probe();
        let line = self.command_line(call, files);
        let mut record = self.record(call, &line, self.clock.now());
        self.put_question(call, files)?;
        let program = match self.program(probe, &mut record, events) {
            Ok(program) => program,
            Err(message) => {
                record.result = Outcome::NotStarted { message };
                return self.finish(record, files);
            }
        };
        let token = self.token();
        let place = self.enclosure(call, files, &token)?;
        let states = self.states()?;
        let launch = self.launch(call, program, &line[1..], token, &place);
        let directory = self.notes.as_ref().unwrap_or(&files.directory);
        let note = |source| AgentError::Write {
            path: directory.clone(),
            source,
        };
        let mut marker = Marker::of(&launch.token).with_temporary(place.temporary());
        marker.leave(&*self.disk, directory).map_err(note)?;
        let mut recording = Recording::open(
            &*self.disk,
            &self.redactor,
            &self.spec,
            files,
            self.reader(call, files, launch.seal.is_some()),
            &record.arguments,
            events,
        )?;
        let ended = supervise(&launch, &mut recording, &call.limits, stop, &*self.clock);
        let done = recording.close();
        let changed = self.put_back(&states, files);
        tell(&changed, events);
        record.warnings.extend(changed);
        marker.clear(&*self.disk, directory).map_err(note)?;
        let ended = match ended {
            Ok(ended) => ended,
            Err(LaunchError::Start { program, source }) => {
                let message = format!("{}: {source}", program.display());
                record.result = Outcome::NotStarted { message };
                return self.finish(record, files);
            }
            Err(source) => {
                let agent = self.name.clone();
                return Err(AgentError::Keep { agent, source });
            }
        };
        let kept = done.map_err(|source| AgentError::Write {
            path: files.stdout(),
            source,
        })?;
        let told = record.warnings.len();
        self.fill_in(&mut record, files, kept, &ended);
        if record.result.reply().is_none() {
            // What it ran into may be why it failed.
            tell(&record.warnings[told..], events);
        }
        self.finish(record, files)
    }
}

fn tell(warnings: &[String], events: &dyn CallEvents) {
    for warning in warnings {
        events.event(CallEvent::Warning(warning));
    }
}

impl ProgramAgent {
    /// Leaves what is asked beside the logs.
    fn put_question(&self, call: &AgentCall, files: &CallFiles) -> Result<(), AgentError> {
        self.write(&files.prompt(), &self.redactor.text(&call.prompt))?;
        match &call.schema {
            Some(schema) => self.write(&files.schema(), &schema.to_string()),
            None => Ok(()),
        }
    }

    /// Finds the program and notes its version, or says why it cannot start.
    fn program(
        &self,
        probe: Probe,
        record: &mut CallRecord,
        events: &dyn CallEvents,
    ) -> Result<PathBuf, String> {
        match probe {
            Probe::Missing { program, advice } => {
                return Err(format!("the program {program} was not found; {advice}"));
            }
            Probe::Ready { version, warning } => {
                record.version = version;
                record.warnings.extend(warning);
            }
        }
        tell(&record.warnings, events);
        let program = self.host.find_program(&self.spec.program);
        program.ok_or_else(|| format!("the program {} was not found", self.spec.program))
    }

    fn launch(
        &self,
        call: &AgentCall,
        program: PathBuf,
        arguments: &[String],
        token: String,
        place: &Enclosure,
    ) -> Launch {
        let mut environment = self.environment(call);
        place.set(&mut environment);
        Launch {
            program,
            arguments: arguments.to_vec(),
            directory: call.cwd.clone(),
            environment,
            input: match self.spec.prompt {
                PromptDelivery::Stdin if !self.spec.stream.converses() => {
                    call.prompt.clone().into_bytes()
                }
                PromptDelivery::Stdin | PromptDelivery::File => Vec::new(),
            },
            token,
            seal: place.request(),
        }
    }

    fn reader(&self, call: &AgentCall, files: &CallFiles, sealed: bool) -> Box<dyn Dialect> {
        self.spec.stream.conversation(Opening {
            prompt: call.prompt.clone(),
            directory: call.cwd.clone(),
            writable: [&call.cwd, &call.workspace, &files.directory]
                .map(PathBuf::clone)
                .to_vec(),
            sealed,
        })
    }

    fn fill_in(&self, record: &mut CallRecord, files: &CallFiles, kept: Kept, ended: &Ended) {
        let mut transcript = kept.transcript;
        if self.spec.reply == ReplySource::File {
            transcript.text = self.reply_in_file(files).or(transcript.text);
        }
        record.duration_ms = u64::try_from(ended.lasted.as_millis()).unwrap_or(u64::MAX);
        record.exit = ended.exit;
        record.ended_by = ended.reason;
        record.left_behind = ended.left_behind;
        record.session.clone_from(&transcript.session);
        record.answered_by.clone_from(&transcript.model);
        record.usage = transcript.usage;
        record.cost_usd = transcript.cost;
        (record.stdout_bytes, record.stderr_bytes) = (kept.stdout_bytes, kept.stderr_bytes);
        if !transcript.denials.is_empty() {
            record.warnings.push(format!(
                "it was not permitted to use {}",
                transcript.denials.join(", ")
            ));
        }
        let sealed = record.sealed.as_ref().is_some_and(Standing::is_sealed);
        if sealed && met_the_seal(&kept.stderr_tail) {
            record.warnings.push(MET_THE_SEAL.to_owned());
        }
        record.warnings.extend(ended.survivors.told());
        record.result = classify(&Evidence {
            transcript,
            exit: ended.exit,
            ended: ended.reason,
            lasted: ended.lasted,
            silent_for: ended.silent_for,
            plain: self.spec.stream == StreamKind::Plain,
            converses: self.spec.stream.converses(),
            stderr_tail: &kept.stderr_tail,
            rules: &self.spec.failures,
            reply_errors: &self.spec.reply_errors,
            now: self.clock.now(),
            zone: &self.host.zone(),
        });
    }

    /// Reads the reply that the agent wrote to a file, and puts it away redacted.
    fn reply_in_file(&self, files: &CallFiles) -> Option<String> {
        let path = files.raw_reply();
        let stat = self.disk.stat(&path).ok()??;
        let bytes = if stat.len <= Reply::LONGEST as u64 {
            self.disk.read(&path).ok()
        } else {
            None
        };
        // It may hold a secret: what stays is the redacted copy.
        let _ = self.disk.remove_file(&path);
        // It was there from the beginning, for a sealed agent to write.
        let bytes = bytes.filter(|bytes| !bytes.is_empty())?;
        Some(self.redactor.text(&String::from_utf8_lossy(&bytes)))
    }

    /// Leaves the reply and the record beside the logs.
    fn finish(&self, record: CallRecord, files: &CallFiles) -> Result<CallRecord, AgentError> {
        if let Some(reply) = record.result.reply() {
            self.write(&files.reply(), &reply.text)?;
        }
        record.keep(&*self.disk, files)
    }
}
