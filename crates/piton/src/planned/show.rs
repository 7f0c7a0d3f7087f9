//! A plan, as it is printed.

use piton_plan::Plan;
use piton_plan::render::{self, Heading, Style};
use serde_json::{Value, json};

use super::{PlanArgs, Site};
use crate::error::{Attempt as _, CommandError};
use crate::operation::Op;
use crate::output::{Channel, Level};

impl Site<'_> {
    /// Prints a plan as the options want it.
    pub(crate) fn show(
        &self,
        args: &PlanArgs,
        plan: &Plan<Op>,
        heading: Heading,
    ) -> Result<(), CommandError> {
        let out = &self.context.out;
        if out.json_wanted() {
            out.json(plan_json(plan, out.verbosity().threshold(Channel::Plan))?);
            out.amend(json!({ "dry_run": heading == Heading::DryRun }));
        } else if args.markdown {
            let title = format!("piton {}", plan.command());
            out.data(&render::markdown(plan, &title));
        } else {
            self.show_text(plan, heading);
        }
        Ok(())
    }

    /// Prints a plan for people.
    pub(crate) fn show_text(&self, plan: &Plan<Op>, heading: Heading) {
        let out = &self.context.out;
        let mut level = level_of(out.verbosity().threshold(Channel::Plan));
        let asked_for = match heading {
            Heading::DryRun | Heading::Saved => true,
            Heading::Run => false,
        };
        if asked_for && level > NOTHING {
            // Less of it would not be what was asked for.
            level = level.max(0);
        } else if level == -1 && !plan.has_destructive() {
            // What is done is told anyhow; nobody is asked about it.
            level = -2;
        }
        let mut text = render::text(plan, heading, level, self.style());
        if !self.context.interactive() {
            text.push_str(&render::outlook(&piton_plan::outlook(plan)));
        }
        if out.shows(Channel::Plan, Level::WARNING) || (asked_for && level > NOTHING) {
            out.prose(&text);
        }
    }

    pub(crate) fn style(&self) -> Style {
        let out = &self.context.out;
        Style {
            colour: out.colors_stdout(),
            // What goes to a file is read later, when nobody can ask for more.
            width: if out.stdout_is_terminal() {
                out.width()
            } else {
                usize::MAX
            },
        }
    }
}

/// Returns a plan as data. What an agent is told is long and rarely wanted; it
/// is there where payloads are asked for, and otherwise only its size.
pub(crate) fn plan_json(plan: &Plan<Op>, threshold: Level) -> Result<Value, CommandError> {
    let mut document = render::plan_document(plan).or_internal("could not show the plan")?;
    if threshold < Level::PAYLOAD {
        for action in document["plan"]["actions"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            leave_out_prompts(&mut action["do"]);
        }
    }
    Ok(document)
}

fn leave_out_prompts(value: &mut Value) {
    let Value::Object(fields) = value else {
        return;
    };
    if let Some(prompt) = fields.get("prompt").and_then(Value::as_str) {
        let bytes = prompt.len();
        fields.remove("prompt");
        fields.insert("prompt_bytes".to_owned(), bytes.into());
    }
    fields.values_mut().for_each(leave_out_prompts);
}

const NOTHING: i8 = -4;

/// The verbosity of one channel, as the renderer counts it.
pub(super) fn level_of(threshold: Level) -> i8 {
    i8::try_from(threshold.0.clamp(-4, 3)).unwrap_or(0)
}
