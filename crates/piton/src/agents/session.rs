//! Running an agent on the user's own terminal.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use piton_agent::adapter::AdapterSpec;
use piton_agent::choice::Choice;
use piton_agent::interactive::{self, Session, SessionEnd, SessionError, Terminal};
use piton_agent::process::ExitKind;
use piton_agent::sealing::SealTerms;
use piton_agent::{AgentCall, CallFiles, CallRole, HeldSession, Host, ProgramAgent};
use piton_base::{Clock, SystemClock};
use piton_durable::{Disk, RealDisk, WriteError, create_dirs, write_atomic};
use piton_loop::operation::AgentChoice;
use piton_loop::runs::{CallOutcome, CallVerdict, FinalStatus, Outset, RecordedCall, RunRecord};
use piton_seal::CacheSet;

use super::{choice, sealing};
use crate::config::Settings;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, ErrorKind};

/// What a session is held about.
#[derive(Debug)]
pub(crate) struct Talk<'a> {
    pub(crate) role: CallRole,
    /// The migration it is about, where it is about one.
    pub(crate) slug: Option<String>,
    pub(crate) prompt: String,
    pub(crate) model: Option<String>,
    /// The directory the agent works in.
    pub(crate) directory: &'a Path,
    /// The file that the agent says is done; without one the session lasts
    /// until the agent ends.
    pub(crate) content: Option<PathBuf>,
    /// Where the prompt is while the session lasts.
    pub(crate) scratch: &'a Path,
    /// On what terms it is held; without, those of sessions outside of a clone.
    pub(crate) terms: Option<&'a SealTerms>,
    /// Where it is recorded; outside of a clone it is not.
    pub(crate) page: Option<&'a Page>,
}

impl Talk<'_> {
    fn call(&self, chosen: &AgentChoice) -> AgentCall {
        AgentCall {
            role: self.role,
            slug: self.slug.clone(),
            cwd: self.directory.to_owned(),
            workspace: self.directory.to_owned(),
            prompt: self.prompt.clone(),
            model: self.model.clone(),
            effort: None,
            schema: None,
            limits: chosen.limits(),
            caches: CacheSet::default(),
        }
    }

    /// Returns the call with the folder in which the agent says, beside the
    /// file, that it is done.
    fn widened(&self, call: &AgentCall) -> AgentCall {
        let mut call = call.clone();
        if let Some(folder) = self.content.as_deref().and_then(Path::parent) {
            folder.clone_into(&mut call.workspace);
        }
        call
    }
}

/// The place of a session in the record of its run.
#[derive(Debug)]
pub(crate) struct Page {
    run: Arc<RunRecord<'static>>,
    placed: RecordedCall,
    role: CallRole,
}

impl Page {
    /// Begins the record of the command, with one session in it.
    pub(crate) fn begin(
        context: &Context,
        place: &Place,
        command: String,
        (role, chosen): (CallRole, &AgentChoice),
        terms: &SealTerms,
    ) -> Result<Self, CommandError> {
        let could_not = "could not begin the session's record";
        let budget = choice::budget(&place.settings)?;
        let outset = Outset {
            command,
            agent: chosen.name.clone(),
            model: choice::model(&place.settings, role.as_str()),
            default_effort: budget.default_tier(),
            max_allowed_effort: budget.max(),
            validation: None,
            jobs: 1,
            sealed: terms.into(),
        };
        let holder = context.holder("a session");
        let run = context
            .book
            .begun(&place.planning_site()?, &holder, &outset)
            .or_failed(could_not)?;
        let placed = run.call(role.as_str()).or_failed(could_not)?;
        Ok(Self { run, placed, role })
    }

    /// Records how the session went.
    fn keep(&self, context: &Context, agent: &ProgramAgent, held: HeldSession<'_>) {
        if let Err(error) = agent.keep_session(held, &self.placed.files) {
            context.out.warn(&format!(
                "the session's record is incomplete: {}",
                piton_base::on_one_line(&error)
            ));
        }
    }

    /// Records what the session came to. What is taken over does not hang on
    /// that: a record that cannot be written is merely poorer.
    pub(crate) fn close(&self, context: &Context, came_to: Result<&str, &CommandError>) {
        let (outcome, summary) = match came_to {
            Ok(summary) => (CallOutcome::Accepted, summary.to_owned()),
            Err(error) => {
                let (outcome, status) = match error.kind {
                    ErrorKind::Interrupted => (CallOutcome::Failed, FinalStatus::Interrupted),
                    ErrorKind::NeedsPerson => (CallOutcome::Refused, FinalStatus::WaitsForPeople),
                    ErrorKind::Usage
                    | ErrorKind::Failed
                    | ErrorKind::Stale
                    | ErrorKind::Authentication
                    | ErrorKind::ValidationRed
                    | ErrorKind::LimitReached
                    | ErrorKind::Internal => (CallOutcome::Refused, FinalStatus::AgentFailed),
                };
                let story = error.on_one_line();
                context.book.failed(status, &story);
                (outcome, story)
            }
        };
        let verdict = CallVerdict {
            schema_version: 1,
            role: self.role.as_str().to_owned(),
            effort_asked: None,
            effort_given: None,
            outcome,
            summary,
        };
        let _ = self.run.verdict(&self.placed.files, &verdict);
    }
}

/// Holds a session to its end. Nothing of it counts until it is taken over.
pub(crate) fn hold(
    context: &Context,
    settings: &Settings,
    chosen: &AgentChoice,
    talk: Talk<'_>,
) -> Result<(), CommandError> {
    let could_not = format!("could not hold a session with {}", chosen.name);
    let could_not = could_not.as_str();
    let clock = Arc::new(SystemClock::default());
    let terms = terms(context, settings, talk.terms)?;
    let spec = spec(settings, chosen, could_not)?;
    let host = Host::new(context.environment.raw()).with_directory(&context.directory);
    let program = host.find_program(&spec.program);
    let program = program.unwrap_or_else(|| spec.program.clone().into());
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let agent = ProgramAgent::new(&chosen.name, spec, host, disk, clock.clone());
    let agent = agent.on_terms(terms.clone());
    choice::ready(&agent)?;
    let files = CallFiles::in_directory(talk.scratch);
    let call = talk.call(chosen);
    let line = agent.interactive_command(&call, &files);
    let line = line.ok_or_else(|| not_at_a_terminal(&chosen.name, could_not))?;
    lay_prompt(context, &talk, &files).or_failed(could_not)?;
    let token = crate::context::token();
    let seat = agent
        .enclosure(&talk.widened(&call), &files, &token)
        .or_failed(could_not)?;
    let states = agent.states().or_failed(could_not)?;
    let mut environment = agent.environment(&call);
    seat.set(&mut environment);
    choice::tell_terms(chosen, context, &terms);
    let session = Session {
        program,
        arguments: line.into_iter().skip(1).collect(),
        directory: talk.directory.to_owned(),
        environment,
        content: talk.content,
        token,
        seal: seat.request(),
    };
    let terminal = terminal();
    let (began, since) = (clock.now(), clock.elapsed());
    let end = interactive::run(&session, terminal, &context.disk, &context.stop, &*clock);
    let warnings = agent.put_back(&states, &files);
    for told in &warnings {
        context.out.warn(told);
    }
    if let Some(page) = talk.page {
        let held = HeldSession {
            call: &call,
            began,
            lasted: clock.elapsed().saturating_sub(since),
            end: &end,
            warnings,
        };
        page.keep(context, &agent, held);
    }
    judged(end, could_not)
}

fn terms(
    context: &Context,
    settings: &Settings,
    told: Option<&SealTerms>,
) -> Result<SealTerms, CommandError> {
    if let Some(terms) = told {
        return Ok(terms.clone());
    }
    let caches = context.environment.user_cache().unwrap_or_default();
    sealing::terms(context, settings, &caches.join("sessions"))
}

fn not_at_a_terminal(agent: &str, could_not: &str) -> CommandError {
    CommandError::failed(could_not)
        .with_source("it cannot work at a terminal".to_owned())
        .hint(format!(
            "describe one with `interactive-arguments` under [agents.{agent}]"
        ))
}

/// Puts the prompt where the agent reads it.
fn lay_prompt(context: &Context, talk: &Talk<'_>, files: &CallFiles) -> Result<(), WriteError> {
    let (disk, prompt) = (&context.disk, talk.prompt.as_bytes());
    create_dirs(disk, talk.scratch)?;
    write_atomic(disk, &files.prompt(), prompt, 0o600)
}

/// Returns the user's terminal, if there is one, as it is now.
fn terminal() -> Option<Terminal> {
    let tty = File::options().read(true).write(true).open("/dev/tty");
    tty.ok().and_then(Terminal::remember)
}

/// Returns how the chosen agent is called.
fn spec(
    settings: &Settings,
    chosen: &AgentChoice,
    could_not: &str,
) -> Result<AdapterSpec, CommandError> {
    let described = choice::described(chosen, settings)?;
    let choice = Choice {
        command: chosen.command.as_deref(),
        settings: described.as_ref(),
        ..Choice::of(&chosen.name)
    };
    choice.spec().or_failed(could_not)
}

/// Whether a session ended as it should.
fn judged(end: Result<SessionEnd, SessionError>, could_not: &str) -> Result<(), CommandError> {
    match end {
        Ok(SessionEnd::Settled(_)) => Ok(()),
        Ok(SessionEnd::Ended(ExitKind::Code(0))) => Ok(()),
        Ok(SessionEnd::Ended(exit)) => {
            Err(CommandError::failed(could_not).with_source(format!("it ended with {exit}")))
        }
        Ok(SessionEnd::Stopped(_)) => Err(CommandError::new(
            ErrorKind::Interrupted,
            "interrupted; nothing was changed",
        )),
        Err(error) => Err(CommandError::failed(could_not).with_source(error)),
    }
}
