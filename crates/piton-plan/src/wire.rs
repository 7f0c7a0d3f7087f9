//! A plan as JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use piton_base::RepoPath;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::action::Action;
use crate::conflict::ConflictMode;
use crate::fault::PlanFaults;
use crate::id::ActionId;
use crate::input::Input;
use crate::operation::Operation;
use crate::output::OutputRef;
use crate::plan::{Parts, Plan, Stated};
use crate::verb::Verb;

#[derive(Serialize)]
struct PlanOut<'a, O> {
    command: &'a str,
    actions: Vec<ActionOut<'a, O>>,
    warnings: &'a [String],
    context: &'a BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    watches: &'a [RepoPath],
}

/// What a reader may want is written out; what `do` says is what counts.
#[derive(Serialize)]
struct ActionOut<'a, O> {
    id: &'a ActionId,
    category: &'static str,
    operation: Verb,
    target: Cow<'a, str>,
    description: Cow<'a, str>,
    destructive: bool,
    reversible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<ConflictMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    premise: Option<Cow<'a, str>>,
    expectation: Cow<'a, str>,
    requires_input: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a Input>,
    depends_on: Vec<&'a ActionId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    after: Vec<&'a ActionId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    touches: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    produces: &'a [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consumes: Vec<&'a OutputRef>,
    #[serde(rename = "do")]
    operation_value: &'a O,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "O: Operation")]
struct PlanIn<O> {
    command: String,
    actions: Vec<ActionIn<O>>,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    context: BTreeMap<String, Value>,
    #[serde(default)]
    watches: Vec<RepoPath>,
}

/// Reads back what counts; the rest follows from the operation.
#[derive(Deserialize)]
#[serde(bound = "O: Operation")]
struct ActionIn<O> {
    id: ActionId,
    description: Option<String>,
    #[serde(default)]
    input: Option<Input>,
    #[serde(default)]
    depends_on: Vec<ActionId>,
    #[serde(default)]
    after: Vec<ActionId>,
    #[serde(rename = "do")]
    operation: O,
}

impl<O: Operation> Serialize for Plan<O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let actions = (0_u32..)
            .zip(self.actions())
            .map(|(position, action)| {
                let operation = action.operation();
                let (key, shown) = (operation.key(), operation.describe());
                let on = |order_only: bool| {
                    self.dependencies_at(position)
                        .filter(|dependency| dependency.order_only == order_only)
                        .map(|dependency| dependency.on)
                        .collect()
                };
                ActionOut {
                    id: action.id(),
                    category: key.category,
                    operation: key.verb,
                    target: key.target,
                    description: match &action.description {
                        Some(text) => text.as_ref().into(),
                        None => shown.line.clone(),
                    },
                    destructive: operation.destructive(),
                    reversible: shown.reversible,
                    conflict: operation.conflict(),
                    expectation: shown.expectation().to_owned().into(),
                    premise: shown.premise,
                    touches: shown.touches,
                    requires_input: action.input().is_some(),
                    input: action.input(),
                    depends_on: on(false),
                    after: on(true),
                    produces: operation.produces(),
                    consumes: operation.uses(),
                    operation_value: operation,
                }
            })
            .collect();
        PlanOut {
            command: self.command(),
            actions,
            warnings: self.warnings(),
            context: self.context(),
            watches: self.watches(),
        }
        .serialize(serializer)
    }
}

impl<'de, O: Operation> Deserialize<'de> for Plan<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let plan = PlanIn::deserialize(deserializer)?;
        assemble(plan).map_err(D::Error::custom)
    }
}

fn assemble<O: Operation>(plan: PlanIn<O>) -> Result<Plan<O>, PlanFaults> {
    let mut stated = Vec::with_capacity(plan.actions.len());
    let mut actions = Vec::with_capacity(plan.actions.len());
    for action in plan.actions {
        let said = |order_only| {
            move |on| Stated {
                on,
                at: None,
                order_only,
            }
        };
        let needs = action.depends_on.into_iter().map(said(false));
        stated.push(
            needs
                .chain(action.after.into_iter().map(said(true)))
                .collect(),
        );
        let own = action.operation.describe().line;
        let description = action.description.filter(|text| *text != own);
        actions.push(Action {
            id: action.id,
            description: description.map(String::into_boxed_str),
            input: action.input.map(Box::new),
            operation: action.operation,
        });
    }
    Plan::check(Parts {
        command: plan.command,
        actions,
        stated,
        warnings: plan.warnings,
        context: plan.context,
        watches: plan.watches,
    })
}
