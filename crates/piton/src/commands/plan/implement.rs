//! `piton plan implement`: carries a stored plan out.

use std::cell::{Cell, RefCell};

use clap::Args;
use jiff::Timestamp;
use piton_backend::store::{Document, PlanId, Provider, slug};
use piton_base::{Clock, terminal::clean};
use piton_git::landing::is_branch_name;
use serde_json::{Value as Json, json};

use super::target::{plan, with};
use super::worthy::{Terms, Worthy, title};
use crate::agents::{self, AgentArgs};
use crate::commands::run::WorkArgs;
use crate::commands::run::branch_base::{self, Base};
use crate::commands::run::carried::Carried;
use crate::commands::run::carry::{self, Assignment, Follow};
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::stored::{
    Happened, Replaced, StoredPlace, Told, Undelivered, Undertaken, deliver, in_actions, user,
};

/// Carry a stored plan out with an agent
///
/// The agent works in a slot, what it makes is validated where no agent writes,
/// and lands on the plan's own branch. The plan is told when work begins, how it
/// goes and how it ends. A call that was cut off goes on with the same command.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan implement 42 --dry-run
  piton plan implement 42 --with claude
  piton plan implement 42 --digest \"$DIGEST\"          only this very text")]
pub(crate) struct ImplementArgs {
    /// The plan; without one, that of this folder or branch
    target: Option<String>,

    /// Only if the plan's text has this SHA-256
    #[arg(long, value_name = "DIGEST")]
    digest: Option<String>,

    /// Carry it out though a stranger wrote it: you have read it
    #[arg(long)]
    trust_author: bool,

    /// How many tries the work has
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=50))]
    max_attempts: u32,

    #[command(flatten)]
    work: WorkArgs,

    #[command(flatten)]
    agent: AgentArgs,
}

/// Files on a plan's branch that only told what to do.
const LEFTOVERS: [&str; 2] = [".erk/impl-context/plan.md", ".erk/impl-context/ref.json"];

pub(super) fn run(context: &Context, args: &ImplementArgs) -> CommandResult {
    let mut place = context.vetted(context.place()?)?;
    args.agent.over(&mut place.settings)?;
    args.work.over(&mut place.settings)?;
    let stored = StoredPlace::find(context)?;
    let (worthy, provider) = with(context, |place, backend| {
        let id = plan(context, place, backend, args.target.as_deref())?;
        let terms = Terms {
            digest: args.digest.as_deref(),
            trusted_by_hand: args.trust_author,
        };
        Ok((Worthy::look(backend, &id, terms)?, backend.provider()))
    })?;
    let Worthy { document, source } = &worthy;
    let digest = source.digest().hex();
    let undertaken = Undertaken::read(context, &stored, &document.id)?;
    let earlier = undertaken.filter(|earlier| earlier.digest == digest);
    let branch = match &earlier {
        Some(earlier) => earlier.branch.clone(),
        None => branch(context, &place, document)?,
    };
    let base = branch_base::base(&place, &branch)?;
    let title = title(document);
    if args.work.rehearses() {
        show(
            context,
            &place,
            &worthy,
            (&branch, &base),
            &digest,
            earlier.as_ref(),
        );
        return Ok(Exit::Done);
    }
    let reporter = Reporter {
        context,
        stored: &stored,
        provider,
        plan: &document.id,
        branch: &branch,
        is_pull: document.is_pull,
        undertaken: RefCell::new(earlier.clone().unwrap_or_else(|| {
            Undertaken::new(document.id.clone(), digest.clone(), branch.clone())
        })),
        begun: Cell::new(false),
        told: RefCell::new(None),
    };
    let assignment = Assignment {
        id: document.id.as_str(),
        title: &title,
        text: source.text.trim(),
        branch: &branch,
        leftovers: &LEFTOVERS,
        earlier: earlier.as_ref().and_then(|earlier| earlier.run.as_deref()),
        tries: args.max_attempts,
    };
    let carried = carry::carry_out(context, &place, &args.work, &assignment, &reporter);
    let (run, carried) = match carried {
        Ok(carried) => carried,
        Err(error) => {
            // Only what began has to end.
            reporter.ended_if_begun(&error.on_one_line());
            return Err(error);
        }
    };
    reporter.ended(&carried);
    tell(context, document, &branch, &run, &carried);
    Ok(exit(&carried))
}

/// Returns the branch that the plan is carried out on: the one that its header
/// names, else one of its own.
fn branch(context: &Context, place: &Place, document: &Document) -> Result<String, CommandError> {
    let header = document.header().ok();
    let named = header
        .as_ref()
        .and_then(|header| header.text("branch_name"))
        .map(str::to_owned);
    if let Some(named) = named {
        if is_branch_name(&place.repository, &named)? {
            return Ok(named);
        }
        return Err(CommandError::failed(format!(
            "plan {} names `{}` as its branch, and that is not a branch name",
            document.id,
            clean(&named)
        ))
        .hint(format!(
            "`piton plan update {} --patch '{{\"branch_name\": null}}'` clears it",
            document.id
        )));
    }
    let objective = header
        .as_ref()
        .and_then(|header| header.number("objective_issue"))
        .map(|number| format!("O{number}-"))
        .unwrap_or_default();
    let prefix = match document.id.number() {
        Some(number) => format!("P{number}-{objective}"),
        None => format!("plnd/{objective}"),
    };
    let name: String = format!("{prefix}{}", slug(&title(document)))
        .chars()
        .take(31)
        .collect();
    let stamp = context.clock.now().strftime("%m-%d-%H%M");
    Ok(format!("{}-{stamp}", name.trim_end_matches('-')))
}

/// Tells the plan how its work goes.
struct Reporter<'a> {
    context: &'a Context,
    stored: &'a StoredPlace,
    provider: Provider,
    plan: &'a PlanId,
    branch: &'a str,
    is_pull: bool,
    undertaken: RefCell<Undertaken>,
    /// Whether this process said that it began; what another one is at is not
    /// this one's to end.
    begun: Cell<bool>,
    /// When the comment was written last.
    told: RefCell<Option<Timestamp>>,
}

/// How long the comment stays as it is while work goes on.
const QUIET: i64 = 20;

impl Follow for Reporter<'_> {
    fn begun(&self, run: &str) -> Result<(), CommandError> {
        self.begun.set(true);
        self.context.events.diary().begin();
        let now = self.context.clock.now();
        let began = {
            let mut undertaken = self.undertaken.borrow_mut();
            let before = undertaken.run.replace(run.to_owned());
            undertaken.lines.push(match before {
                Some(before) => format!("{now:.0}: run {run} goes on where {before} was cut off"),
                None => format!("{now:.0}: run {run} began on `{}`", self.branch),
            });
            undertaken.began.get_or_insert(now).to_owned()
        };
        // What is on disk says that it began before anybody else is told.
        self.undertaken.borrow().write(self.context, self.stored)?;
        let mut patch = self.happened("started", began);
        let mut named = vec![
            (
                "worktree_name".to_owned(),
                json!(name_of(&self.stored.checkout.root)),
            ),
            ("branch_name".to_owned(), json!(self.branch)),
        ];
        if self.is_pull {
            named.push(("lifecycle_stage".to_owned(), json!("impl")));
        }
        named.append(&mut patch);
        let key = format!("{}-started", self.undertaken.borrow().key);
        self.deliver(key, named);
        Ok(())
    }

    fn progress(&self, text: &str) {
        self.catch_up();
        let now = self.context.clock.now();
        let line = text.lines().next().unwrap_or_default();
        self.undertaken
            .borrow_mut()
            .lines
            .push(format!("{now:.0}: {}", clean(line)));
        let last = *self.told.borrow();
        if last.is_none_or(|last| now.duration_since(last).as_secs() >= QUIET) {
            let key = format!("{}-progress", self.undertaken.borrow().key);
            self.deliver(key, Vec::new());
        }
    }
}

impl Reporter<'_> {
    /// Adds what happened since the last line.
    fn catch_up(&self) {
        let lines = self.context.events.diary().taken();
        let lines = lines
            .into_iter()
            .map(|(at, line)| format!("{at:.0}: {}", clean(&line)));
        self.undertaken.borrow_mut().lines.extend(lines);
    }

    fn happened(&self, event: &'static str, at: Timestamp) -> Vec<(String, Json)> {
        let undertaken = self.undertaken.borrow();
        Happened {
            at,
            event,
            session: undertaken.run.as_deref(),
            user: &user(self.context),
            remote: in_actions(&self.context.environment),
        }
        .fields()
    }

    /// Brings fields and the comment to the plan. What cannot be brought waits,
    /// and the work goes on.
    fn deliver(&self, key: String, patch: Vec<(String, Json)>) {
        let only_progress = patch.is_empty();
        let undertaken = self.undertaken.borrow();
        let told = Told {
            key,
            patch,
            comment: None,
            report: Some(Replaced {
                key: format!("implement-{}", undertaken.key),
                text: undertaken.report(),
            }),
            session: None,
        };
        *self.told.borrow_mut() = Some(self.context.clock.now());
        if only_progress && self.stored.anything_waits(self.context) {
            // The end of it says it all again.
            return;
        }
        let sent = deliver(self.context, self.stored, (self.plan, self.provider), told);
        let why = match sent {
            Ok(()) => return,
            Err(Undelivered::NoBackend(error)) => error.on_one_line(),
            Err(Undelivered::Refused {
                message, queued, ..
            }) => {
                if queued {
                    format!("{message}; it waits in the outbox")
                } else {
                    message
                }
            }
        };
        self.context
            .out
            .warn(&format!("the plan could not be told: {why}"));
    }

    fn ended(&self, carried: &Carried) {
        let text = match carried {
            Carried::Landed { commit } => {
                format!("landed {} on `{}`", commit.short(), self.branch)
            }
            Carried::Unchanged(why) => format!("nothing was changed: {}", clean(why)),
            Carried::Waits(why) => format!("accepted, and waits to land: {}", clean(why)),
            Carried::BaselineRed => "the validation command was red before it began".to_owned(),
            Carried::Failed(why) => format!("failed: {}", first_line(why)),
            Carried::OutOfQuota(why) => format!("out of quota: {}", first_line(why)),
            Carried::NoAgent { message, .. } => {
                format!("the agent could not be asked: {}", first_line(message))
            }
            Carried::Stopped => "interrupted".to_owned(),
        };
        let next = match carried {
            // What is accepted is held by its run, and the next one finds it.
            Carried::Waits(_) | Carried::Stopped | Carried::OutOfQuota(_) => Next::GoesOn,
            Carried::Landed { .. }
            | Carried::Unchanged(_)
            | Carried::BaselineRed
            | Carried::Failed(_)
            | Carried::NoAgent { .. } => Next::BeginsAnew,
        };
        self.end(&text, next);
    }

    fn ended_if_begun(&self, why: &str) {
        if self.begun.get() {
            self.end(&format!("failed: {}", first_line(why)), Next::GoesOn);
        }
    }

    fn end(&self, text: &str, next: Next) {
        self.catch_up();
        let now = self.context.clock.now();
        self.undertaken
            .borrow_mut()
            .lines
            .push(format!("{now:.0}: ended: {text}"));
        let key = format!("{}-ended-{}", self.undertaken.borrow().key, now.as_second());
        let fields = self.happened("ended", now);
        self.deliver(key, fields);
        // Told, or waiting to be: what comes next is another undertaking.
        match next {
            Next::BeginsAnew => Undertaken::forget(self.context, self.stored, self.plan),
            Next::GoesOn => {
                let again = self.undertaken.borrow().again();
                if let Err(error) = again.write(self.context, self.stored) {
                    self.context.out.warn(&error.on_one_line());
                }
            }
        }
    }
}

/// What the next call of the command does.
#[derive(Clone, Copy, Debug)]
enum Next {
    BeginsAnew,
    /// It looks first for what this one's run left.
    GoesOn,
}

fn first_line(text: &str) -> String {
    clean(text.lines().next().unwrap_or_default()).into_owned()
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn exit(carried: &Carried) -> Exit {
    match carried {
        Carried::Landed { .. } | Carried::Unchanged(_) => Exit::Done,
        Carried::Waits(_) => Exit::WaitsForPerson,
        Carried::BaselineRed => Exit::ValidationRed,
        Carried::Failed(_)
        | Carried::NoAgent {
            signed_out: false, ..
        } => Exit::Failed,
        Carried::NoAgent {
            signed_out: true, ..
        } => Exit::Authentication,
        Carried::OutOfQuota(_) => Exit::LimitReached,
        Carried::Stopped => Exit::Interrupted,
    }
}

fn tell(context: &Context, document: &Document, branch: &str, run: &str, carried: &Carried) {
    let (word, told) = match carried {
        Carried::Landed { commit } => ("landed", format!("landed {} on {branch}", commit.short())),
        Carried::Unchanged(why) => ("unchanged", format!("nothing was changed: {why}")),
        Carried::Waits(why) => ("waits", format!("accepted, and waits to land: {why}")),
        Carried::BaselineRed => (
            "baseline-red",
            "the validation command is red before anything was done".to_owned(),
        ),
        Carried::Failed(why) => ("failed", format!("failed: {why}")),
        Carried::OutOfQuota(why) => ("out-of-quota", why.clone()),
        Carried::NoAgent { message, .. } => ("no-agent", message.clone()),
        Carried::Stopped => (
            "stopped",
            "interrupted; whatever was accepted is kept".to_owned(),
        ),
    };
    let out = &context.out;
    if out.json_wanted() {
        let commit = match carried {
            Carried::Landed { commit } => Some(commit.to_string()),
            _ => None,
        };
        out.json(json!({
            "plan": document.id,
            "branch": branch,
            "run": run,
            "outcome": word,
            "told": told,
            "commit": commit,
        }));
        return;
    }
    match carried {
        Carried::Landed { .. } => out.hint(&format!(
            "push it with `git push origin {branch}`, then `piton plan submit {}`",
            document.id
        )),
        Carried::Stopped | Carried::OutOfQuota(_) | Carried::Waits(_) => out.hint(&format!(
            "`piton plan implement {}` goes on with it",
            document.id
        )),
        Carried::Failed(_) | Carried::BaselineRed => {
            out.hint(&format!("`piton runs show {run}` has everything about it"));
        }
        Carried::Unchanged(_) | Carried::NoAgent { .. } => {}
    }
}

/// Shows what would be done.
fn show(
    context: &Context,
    place: &Place,
    worthy: &Worthy,
    (branch, base): (&str, &Base),
    digest: &str,
    earlier: Option<&Undertaken>,
) {
    let document = &worthy.document;
    let agent = agents::chosen(&place.settings, &context.directory, place.top()).name;
    let validation = place.settings.validation_command();
    let out = &context.out;
    if out.json_wanted() {
        out.json(json!({
            "dry_run": true,
            "plan": document.id,
            "title": document.title,
            "digest": digest,
            "branch": branch,
            "new_branch": base.is_new,
            "base": base.commit.to_string(),
            "agent": agent,
            "validation": validation,
            "goes_on": earlier.and_then(|earlier| earlier.run.clone()),
        }));
        return;
    }
    let mut lines = vec![format!("{}  {}", document.id, clean(&document.title))];
    let mut fact = |name: &str, value: &str| lines.push(format!("  {name:<12}{}", clean(value)));
    fact("text", &format!("sha256 {digest}"));
    let from = base.commit.short();
    fact(
        "branch",
        &if base.is_new {
            format!("{branch}, begun at {from}")
        } else {
            format!("{branch}, as it is at {from}")
        },
    );
    if let Some(run) = earlier.and_then(|earlier| earlier.run.as_deref()) {
        fact("goes on", &format!("where run {run} was cut off"));
    }
    fact("tells", "the plan that work started");
    fact("asks", &format!("{agent} to carry it out, in a slot"));
    fact(
        "validates",
        match validation {
            Some(command) => command,
            None => "nothing; set `validation-command`",
        },
    );
    fact("lands", &format!("one commit on {branch}"));
    fact("tells", "the plan how it ended");
    lines.push(String::new());
    out.data(&lines.join("\n"));
}
