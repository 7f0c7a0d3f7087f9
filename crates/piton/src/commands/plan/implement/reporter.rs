//! Telling a plan how its work goes.

use std::cell::{Cell, RefCell};

use jiff::Timestamp;
use piton_backend::folder::Event;
use piton_backend::store::{PlanId, Provider};
use piton_base::{Clock, terminal::clean};
use serde_json::{Value as Json, json};

use super::carried::Carried;
use crate::context::Context;
use crate::error::CommandError;
use crate::stored::{Happened, Replaced, StoredPlace, Told, Undertaken, deliver, in_actions, user};

/// Tells the plan how its work goes.
pub(super) struct Reporter<'a> {
    context: &'a Context,
    stored: &'a StoredPlace,
    provider: Provider,
    plan: PlanId,
    branch: String,
    is_pull: bool,
    undertaken: RefCell<Undertaken>,
    /// Whether this process said that it began; what another one is at is not
    /// this one's to end.
    begun: Cell<bool>,
    /// When the comment was written last.
    told: Cell<Option<Timestamp>>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(
        context: &'a Context,
        stored: &'a StoredPlace,
        provider: Provider,
        is_pull: bool,
        undertaken: Undertaken,
    ) -> Self {
        Self {
            context,
            stored,
            provider,
            plan: undertaken.plan.clone(),
            branch: undertaken.branch.clone(),
            is_pull,
            undertaken: RefCell::new(undertaken),
            begun: Cell::new(false),
            told: Cell::new(None),
        }
    }
}

/// How long the comment stays as it is while work goes on.
const QUIET: i64 = 20;

impl Reporter<'_> {
    /// The run has begun; nothing was asked of an agent yet.
    pub(super) fn begun(&self, run: &str) -> Result<(), CommandError> {
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
        let mut patch = self.happened(Event::Started, began);
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

    pub(super) fn progress(&self, text: &str) {
        self.catch_up();
        let now = self.context.clock.now();
        let line = text.lines().next().unwrap_or_default();
        self.undertaken
            .borrow_mut()
            .lines
            .push(format!("{now:.0}: {}", clean(line)));
        let last = self.told.get();
        if last.is_none_or(|last| now.duration_since(last).as_secs() >= QUIET) {
            let key = format!("{}-progress", self.undertaken.borrow().key);
            self.deliver(key, Vec::new());
        }
    }

    /// Adds what happened since the last line.
    fn catch_up(&self) {
        let lines = self.context.events.diary().taken();
        let lines = lines
            .into_iter()
            .map(|(at, line)| format!("{at:.0}: {}", clean(&line)));
        self.undertaken.borrow_mut().lines.extend(lines);
    }

    fn happened(&self, event: Event, at: Timestamp) -> Vec<(String, Json)> {
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
            report: Some(Replaced {
                key: format!("implement-{}", undertaken.key),
                text: undertaken.report(),
            }),
            ..Told::default()
        };
        self.told.set(Some(self.context.clock.now()));
        if only_progress && self.stored.waits_for(self.context, &self.plan) {
            // The end of it says it all again.
            return;
        }
        let to = (&self.plan, self.provider);
        if let Err(undelivered) = deliver(self.context, self.stored, to, told) {
            let why = undelivered.told();
            self.context
                .out
                .warn(&format!("the plan could not be told: {why}"));
        }
    }

    pub(super) fn ended(&self, carried: &Carried) {
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
            Carried::HeldBack(begun) => Carried::held_back(*begun),
            Carried::Stopped => "interrupted".to_owned(),
        };
        let next = match carried {
            // What is accepted is held by its run, and the next one finds it.
            Carried::Waits(_)
            | Carried::HeldBack(_)
            | Carried::Stopped
            | Carried::OutOfQuota(_) => Next::GoesOn,
            Carried::Landed { .. }
            | Carried::Unchanged(_)
            | Carried::BaselineRed
            | Carried::Failed(_)
            | Carried::NoAgent { .. } => Next::BeginsAnew,
        };
        self.end(&text, next);
    }

    pub(super) fn ended_if_begun(&self, why: &str) {
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
        let fields = self.happened(Event::Ended, now);
        self.deliver(key, fields);
        // Told, or waiting to be: what comes next is another undertaking.
        match next {
            Next::BeginsAnew => Undertaken::forget(self.context, self.stored, &self.plan),
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
