//! What a run says while it goes.

use piton_base::terminal::clean;
use piton_loop::validation::ShowOutput;
use serde_json::{Value, json};

use std::sync::{Mutex, PoisonError};

use crate::output::{Channel, Level, Out};

/// Tells of a run's actions, as lines and for the document at the end.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    out: &'a Out,
    progress: &'a Progress<'a>,
    actions: Vec<Value>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(out: &'a Out, progress: &'a Progress<'a>) -> Self {
        Self {
            out,
            progress,
            actions: Vec::new(),
        }
    }

    /// Begins an action.
    pub(super) fn begin(&mut self, kind: &'static str, target: &str) {
        // What was said before belongs to no action.
        self.progress.taken();
        self.actions
            .push(json!({"kind": kind, "target": target, "outcome": "begun"}));
        let text = format!("{kind} {}", clean(target));
        self.out.say(Channel::General, Level::NORMAL, &text);
    }

    /// Says something about the action under way.
    pub(super) fn say(&self, text: &str) {
        for line in clean(text).lines() {
            let line = format!("  {line}");
            self.out.say(Channel::General, Level::NORMAL, &line);
        }
    }

    /// Ends an action.
    pub(super) fn end(&mut self, outcome: &'static str, text: &str, fields: Value) {
        self.say(text);
        if let Some(Value::Object(action)) = self.actions.last_mut() {
            action.insert("outcome".to_owned(), outcome.into());
            action.insert("told".to_owned(), text.into());
            action.insert("steps".to_owned(), self.progress.taken().into());
            if let Value::Object(fields) = fields {
                action.extend(fields);
            }
        }
    }

    pub(super) fn actions(self) -> Vec<Value> {
        self.actions
    }
}

/// Says how the action under way goes, and remembers it for the document.
#[derive(Debug)]
pub(super) struct Progress<'a> {
    out: &'a Out,
    said: Mutex<Vec<Value>>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(out: &'a Out) -> Self {
        Self {
            out,
            said: Mutex::default(),
        }
    }

    /// Returns what was said since it was asked last.
    fn taken(&self) -> Vec<Value> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *said)
    }
}

impl piton_loop::work::Tell for Progress<'_> {
    fn tell(&self, text: &str) {
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text.into());
        for line in clean(text).lines() {
            let line = format!("  {line}");
            self.out.say(Channel::General, Level::NORMAL, &line);
        }
    }
}

/// Shows what the validation command prints, where that is wanted.
#[derive(Debug)]
pub(super) struct CommandOutput<'a> {
    pub(super) out: &'a Out,
    pub(super) wanted: bool,
}

impl ShowOutput for CommandOutput<'_> {
    fn show(&self, chunk: &[u8]) {
        if self.wanted {
            let text = String::from_utf8_lossy(chunk);
            self.out
                .note(Channel::General, Level::NORMAL, clean(&text).trim_end());
        }
    }
}

/// Shows what agents print, where that is wanted.
#[derive(Debug)]
pub(super) struct AgentOutput<'a> {
    pub(super) shown: crate::world::Shown<'a>,
    pub(super) out: &'a Out,
    pub(super) wanted: bool,
}

impl piton_agent::CallEvents for AgentOutput<'_> {
    fn event(&self, event: piton_agent::CallEvent<'_>) {
        use piton_agent::CallEvent as E;
        match event {
            E::Stdout(bytes) | E::Stderr(bytes) if self.wanted => {
                let text = String::from_utf8_lossy(bytes);
                self.out
                    .note(Channel::Agent, Level::NORMAL, clean(&text).trim_end());
            }
            E::Started { .. }
            | E::Stdout(_)
            | E::Stderr(_)
            | E::Retrying(_)
            | E::Progress { .. }
            | E::Ending(_)
            | E::NoRoom
            | E::Warning(_) => self.shown.event(event),
        }
    }
}
