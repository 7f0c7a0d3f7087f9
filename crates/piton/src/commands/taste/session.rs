//! A session about taste, and what is done with what it left.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_durable::{create_dirs, tree, write_atomic};
use piton_git::GitRead;
use piton_git::slot::Slot;
use piton_loop::operation::AgentChoice;
use piton_loop::slots::SlotSettings;
use piton_loop::taste::{TasteDecision, TasteMode, TasteRefusal, accept_answer, decide_session};
use piton_plan::files::{Content, FileOp, How, Wanted, decide};
use piton_plan::{ConflictMode, Draft, Plan, PlanBuilder};
use serde_json::json;

use super::args::TasteArgs;
use super::file::TasteFile;
use crate::agents::session::{self, Page, Talk};
use crate::agents::{self, Watch, slots};
use crate::config::Settings;
use crate::context::{Context, Place, token};
use crate::error::{Attempt as _, CommandError, CommandResult, ErrorKind, Exit};
use crate::operation::Op;
use crate::operation::files::{NEW_FILE_MODE, put, read};
use crate::output::{Channel, Level};
use crate::planned::site;
use crate::planning::prompts;
use crate::planning::taste::warn_if_stale;

/// The copy and the prompt are nobody else's business.
const MODE: u32 = 0o600;

pub(super) fn run(
    context: &Context,
    place: Option<&Place>,
    file: &TasteFile,
    mode: TasteMode,
    args: &TasteArgs,
) -> CommandResult {
    let decision = match decide_session(&context.disk, &file.full(), mode) {
        Ok(decision) => decision,
        Err(TasteRefusal::UpToDate { path }) => {
            up_to_date(context, &path);
            return Ok(Exit::Done);
        }
        Err(error) => return Err(refused(error)),
    };
    if let (Some(place), TasteMode::Interview { .. } | TasteMode::Refine) = (place, mode) {
        warn_if_stale(context, place);
    }
    let session = TasteSession::set(context, place, args)?;
    let prompt = decision
        .prompt(&prompts(context)?, &session.content())
        .or_usage("could not use the prompts")?;
    if args.plan.dry_run {
        session.tell(context, &decision, &prompt);
        return Ok(if args.plan.exit_code {
            Exit::ChangesPending
        } else {
            Exit::Done
        });
    }
    refuse_without_terminal(context)?;
    let kept = |error| session.keep_what_was_written(context, &decision, error);
    let seat = place
        .map(|place| Seat::take(context, place, &session.chosen, decision.mode))
        .transpose()?;
    let text = session
        .hold(context, place, seat.as_ref(), &decision, prompt)
        .and_then(|written| {
            accept_answer(&decision, &written).or_failed("could not take over the taste")
        });
    if let Some(seat) = &seat {
        let came_to = text.as_ref().map(|_| "the file was finished");
        seat.page.close(context, came_to);
    }
    let text = text.map_err(kept)?;
    let plan = plan(context, file, &decision, text).map_err(kept)?;
    let exit = site::anywhere(context)?
        .carry_out(&args.plan, &plan)
        .map_err(kept)?;
    if exit == Exit::Done {
        // It is in the file, or in the saved plan; the copy is scratch.
        let _ = tree::remove(&context.disk, &session.scratch);
    }
    Ok(exit)
}

fn refuse_without_terminal(context: &Context) -> Result<(), CommandError> {
    if context.out.json_wanted() {
        return Err(CommandError::usage(
            "--json does not go with a session, which takes the terminal",
        )
        .hint("add --dry-run, or leave --json out"));
    }
    if context.global.non_interactive {
        return Err(CommandError::new(
            ErrorKind::NeedsPerson,
            "a session needs a person at the terminal",
        ));
    }
    Ok(())
}

/// What a session is held with.
#[derive(Debug)]
struct TasteSession {
    settings: Settings,
    chosen: AgentChoice,
    model: Option<String>,
    /// Where the copy is that the agent writes.
    scratch: PathBuf,
}

impl TasteSession {
    fn set(
        context: &Context,
        place: Option<&Place>,
        args: &TasteArgs,
    ) -> Result<Self, CommandError> {
        let mut settings = match place {
            Some(place) => place.settings.clone(),
            None => context.settings(None)?,
        };
        settings.flag("agent.use", "--with", args.with.as_deref())?;
        settings.flag("agent.model", "--model", args.model.as_deref())?;
        let top = place.map_or(&*context.directory, Place::top);
        let state = site::anywhere(context)?.state;
        Ok(Self {
            chosen: agents::chosen(&settings, &context.directory, top),
            model: agents::model(&settings, CallRole::Taste.as_str()),
            scratch: state.work().join(format!("taste-{}", token())),
            settings,
        })
    }

    fn content(&self) -> PathBuf {
        self.scratch.join("taste.md")
    }

    /// Says what would be held. What it leads to nobody knows before.
    fn tell(&self, context: &Context, decision: &TasteDecision, prompt: &str) {
        let role = word(decision.mode);
        if context.out.json_wanted() {
            let mut session = json!({
                "role": role,
                "agent": self.chosen.name,
                "model": self.model,
                "path": decision.path.display().to_string(),
                "backup": decision.backup.as_ref().map(|path| path.display().to_string()),
            });
            if context.out.shows(Channel::Plan, Level::PAYLOAD) {
                session["prompt"] = prompt.into();
            }
            context
                .out
                .json(json!({ "dry_run": true, "session": session }));
            return;
        }
        let model = self
            .model
            .as_ref()
            .map_or_else(String::new, |model| format!(" ({model})"));
        context.out.data(&format!(
            "a session with {}{model} would be held ({role}), on a copy of {};\nits outcome is \
             shown before anything is written\n",
            self.chosen.name,
            decision.path.display()
        ));
        context.out.say(Channel::Plan, Level::PAYLOAD, prompt);
    }

    /// Names the copy where something was written that is not taken over.
    /// Where nothing was, nothing is kept.
    fn keep_what_was_written(
        &self,
        context: &Context,
        decision: &TasteDecision,
        error: CommandError,
    ) -> CommandError {
        let before = decision.existing.as_deref().map(str::as_bytes);
        let written = read(&context.disk, &self.content());
        // What cannot be read may be what the agent wrote.
        if written.is_ok_and(|written| written.as_deref() == before) {
            // The failure is the news; what is left of a copy is scratch.
            let _ = tree::remove(&context.disk, &self.scratch);
            return error;
        }
        error.hint(format!(
            "what was written is in {}",
            self.content().display()
        ))
    }

    /// Holds the session, and returns what the agent wrote.
    fn hold(
        &self,
        context: &Context,
        place: Option<&Place>,
        seat: Option<&Seat>,
        decision: &TasteDecision,
        prompt: String,
    ) -> Result<String, CommandError> {
        let disk = &context.disk;
        let could_not = || CommandError::failed("could not hold the session; nothing was changed");
        create_dirs(disk, &self.scratch).map_err(|error| could_not().with_source(error))?;
        if let Some(existing) = &decision.existing {
            write_atomic(disk, &self.content(), existing.as_bytes(), MODE)
                .map_err(|error| could_not().with_source(error))?;
        }
        let room = seat.and_then(|seat| seat.room.as_ref());
        let directory = room.map_or(&*self.scratch, |room| room.slot.dir());
        let held = session::hold(
            context,
            &self.settings,
            &self.chosen,
            Talk {
                role: CallRole::Taste,
                slug: None,
                prompt,
                model: self.model.clone(),
                directory,
                content: Some(self.content()),
                scratch: &self.scratch,
                terms: room.and(seat).map(|seat| &seat.slots.terms),
                page: seat.map(|seat| &seat.page),
            },
        );
        // However it ended: what was done to the repository is told.
        if let (Some(room), Some(place)) = (room, place) {
            room.watch.end(context, place, &room.slot, Vec::new())?;
        }
        held?;
        let bytes = read(disk, &self.content())?.unwrap_or_default();
        String::from_utf8(bytes).map_err(|_| {
            CommandError::failed("could not take over the taste")
                .with_source("what the agent wrote is not UTF-8 text".to_owned())
        })
    }
}

/// Where a session about a repository's taste is held and recorded.
struct Seat {
    slots: SlotSettings,
    page: Page,
    /// Before the first commit there is nothing to look at.
    room: Option<Room>,
}

/// A slot in which the agent can look at what was committed.
struct Room {
    slot: Slot,
    watch: Watch,
}

impl Seat {
    fn take(
        context: &Context,
        place: &Place,
        chosen: &AgentChoice,
        mode: TasteMode,
    ) -> Result<Self, CommandError> {
        let slots = slots::settings(context, place)?;
        let room = match place.repository.head()? {
            None => None,
            Some(head) => {
                let slot = slots::take(context, place, &slots, &head, "a session about taste")?;
                let name = format!("taste-{}", token());
                let watch = Watch::begin(context, place, &slots, &name)?;
                Some(Room { slot, watch })
            }
        };
        let flag = match mode {
            TasteMode::Interview { .. } => "--interview",
            TasteMode::Refine => "--refine",
            TasteMode::Upgrade => "--upgrade",
        };
        let command = format!("taste {flag}");
        let page = Page::begin(
            context,
            place,
            command,
            (CallRole::Taste, chosen),
            &slots.terms,
        )?;
        Ok(Self { slots, page, room })
    }
}

/// Decides what the session's result does to the taste file.
fn plan(
    context: &Context,
    file: &TasteFile,
    decision: &TasteDecision,
    text: String,
) -> Result<Plan<Op>, CommandError> {
    let now = read(&context.disk, &file.full())?;
    if now.as_deref() != decision.existing.as_deref().map(str::as_bytes) {
        return Err(CommandError::new(
            ErrorKind::Stale,
            format!(
                "{} was changed while the session was held; nothing was changed",
                file.full().display()
            ),
        ));
    }
    let mut builder = PlanBuilder::new("taste");
    let at = (&context.disk as _, &*file.root);
    let why = format!("the outcome of the session ({})", word(decision.mode));
    let put = put(at, file.path.clone(), Content::Text(text), &why)?;
    if let Some(put) = put {
        let mut draft = Draft::new(file.op(put));
        if let (Some(_), Some(old)) = (&decision.backup, &decision.existing)
            && let Some(copy) = backup(context, file, old)?
        {
            draft = draft.needs(&builder.add(file.op(copy)));
        }
        builder.add_draft(draft);
    }
    Ok(builder.build()?)
}

/// Keeps what somebody wrote beside the file. An older copy stays: the new one
/// then gets a number.
fn backup(context: &Context, file: &TasteFile, old: &str) -> Result<Option<FileOp>, CommandError> {
    let wanted = Wanted {
        path: format!("{}.bak", file.path)
            .parse()
            .or_internal("could not make a plan")?,
        content: Content::Text(old.to_owned()),
        mode: NEW_FILE_MODE,
        how: How::Copy,
        modified: None,
        why: "what was there before".to_owned(),
    };
    let decided = decide(&context.disk, &file.root, &wanted, ConflictMode::Rename)
        .or_failed("could not keep a copy of the taste")?;
    Ok(match decided {
        FileOp::Keep { .. } => None,
        FileOp::Put { .. } | FileOp::Move { .. } | FileOp::Delete { .. } | FileOp::Outside(_) => {
            Some(decided)
        }
    })
}

fn up_to_date(context: &Context, path: &Path) {
    let path = path.display().to_string();
    if context.out.json_wanted() {
        context.out.json(json!({ "path": path, "stale": false }));
    } else {
        context.out.say(
            Channel::General,
            Level::INFO,
            &format!("{path} is up to date"),
        );
    }
}

fn refused(error: TasteRefusal) -> CommandError {
    let (kind, hint) = match &error {
        TasteRefusal::Read(_) => (ErrorKind::Failed, None),
        TasteRefusal::Customised { .. } => (
            ErrorKind::Usage,
            Some("use --refine, or --interview --force, which keeps a copy"),
        ),
        TasteRefusal::NothingThere { .. } | TasteRefusal::UpToDate { .. } => (
            ErrorKind::Usage,
            Some(
                "`piton taste --interview` writes one; `piton taste` alone makes the built-in one",
            ),
        ),
    };
    CommandError::new(
        kind,
        "could not hold a session about the taste; nothing was changed",
    )
    .with_source(error)
    .hints(hint)
}

const fn word(mode: TasteMode) -> &'static str {
    match mode {
        TasteMode::Interview { .. } => "taste-interview",
        TasteMode::Refine => "taste-refine",
        TasteMode::Upgrade => "taste-upgrade",
    }
}
