//! All questions of a plan asked, before anything of it is performed.

use std::collections::HashMap;

use crate::id::ActionId;
use crate::input::{Answer, Ask, AskError, Input, Otherwise, Reply};
use crate::operation::Operation;
use crate::plan::Plan;
use crate::receipt::{Receipt, SkipReason};

/// Whether there is somebody to ask.
#[expect(
    missing_debug_implementations,
    reason = "whoever asks need not be printable"
)]
pub enum Interaction<'a> {
    Terminal(&'a mut dyn Ask),
    Unattended,
}

/// Why a plan cannot be performed as it stands.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    #[error(transparent)]
    Missing(#[from] InputMissing),
    #[error("could not ask about `{action}`")]
    Ask {
        action: ActionId,
        #[source]
        source: AskError,
    },
}

/// All the answers that are missing, each with the flag that would give it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("answers are missing, and there is no terminal to ask at{}", each(.0))]
pub struct InputMissing(pub Vec<Missing>);

/// One answer that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub action: ActionId,
    pub question: String,
    pub flag: String,
}

impl Missing {
    fn of(action: &ActionId, input: &Input) -> Self {
        Self {
            action: action.clone(),
            question: input.question.clone(),
            flag: input.flag.clone(),
        }
    }
}

fn each(missing: &[Missing]) -> String {
    let line = |one: &Missing| {
        let Missing {
            action,
            question,
            flag,
        } = one;
        format!("\n`{action}` asks: {question} (answer it with {flag})")
    };
    missing.iter().map(line).collect::<Vec<_>>().concat()
}

/// A plan whose questions are all answered. Only this can be performed.
#[derive(Clone, Debug)]
pub struct Ready<'p, O> {
    pub(crate) plan: &'p Plan<O>,
    /// By list position.
    pub(crate) stances: Vec<Stance>,
}

/// What is known about one action before performing starts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stance {
    Go(Option<Answer>),
    /// A run that was stopped had begun it.
    Again(Option<Answer>),
    Leave(SkipReason),
    /// A run that was stopped had settled it.
    Settled(Receipt),
}

impl<O: Operation> Ready<'_, O> {
    pub fn plan(&self) -> &Plan<O> {
        self.plan
    }

    /// Returns the actions that are left out, with the reason.
    pub fn left_out(&self) -> impl Iterator<Item = (&ActionId, &SkipReason)> {
        let actions = self.plan.actions().iter();
        actions
            .zip(&self.stances)
            .filter_map(|(action, stance)| match stance {
                Stance::Leave(reason) => Some((action.id(), reason)),
                Stance::Go(_) | Stance::Again(_) | Stance::Settled(_) => None,
            })
    }
}

/// What was said beforehand, by the flag that it stands for: it is not asked.
pub type Told = [(String, Answer)];

/// Asks every question of a plan that was not answered beforehand, in the order
/// of performing.
///
/// An action that cannot be performed anyway, because one that it needs was
/// declined, is not asked about.
pub fn prepare<'p, O: Operation>(
    plan: &'p Plan<O>,
    told: &Told,
    mut interaction: Interaction<'_>,
) -> Result<Ready<'p, O>, PrepareError> {
    let mut ready = Ready {
        plan,
        stances: vec![Stance::Go(None); plan.len()],
    };
    for (action, stance) in plan.actions().iter().zip(&mut ready.stances) {
        let Some(input) = &action.input else { continue };
        let said = told.iter().find(|(flag, _)| *flag == input.flag);
        if let Some((_, answer)) = said {
            *stance = Stance::Go(Some(answer.clone()));
        }
    }
    complete(&mut ready, &mut interaction)?;
    Ok(ready)
}

/// Asks the questions of all actions that are to be performed and have no
/// answer yet.
pub(crate) fn complete<O: Operation>(
    ready: &mut Ready<'_, O>,
    interaction: &mut Interaction<'_>,
) -> Result<(), PrepareError> {
    let plan = ready.plan;
    let mut standing: HashMap<&str, Reply> = HashMap::new();
    let mut withheld = vec![false; plan.len()];
    let mut missing = Vec::new();
    for &position in plan.positions_in_order() {
        let at = position as usize;
        let action = plan.at(position);
        let lost = plan
            .graph()
            .edges(position)
            .iter()
            .any(|edge| !edge.order_only() && withheld[edge.to() as usize]);
        let left = matches!(&ready.stances[at], Stance::Leave(reason) if reason.withholds());
        withheld[at] = lost || left;
        let (Some(input), false) = (&action.input, withheld[at]) else {
            continue;
        };
        let (Stance::Go(answer) | Stance::Again(answer)) = &mut ready.stances[at] else {
            continue;
        };
        if answer.is_some() {
            continue;
        }
        let declined = match interaction {
            Interaction::Unattended => match input.otherwise {
                Otherwise::Skip => Some(SkipReason::NoInput {
                    flag: input.flag.clone(),
                }),
                Otherwise::Fail => {
                    missing.push(Missing::of(action.id(), input));
                    None
                }
            },
            Interaction::Terminal(ask) => {
                *answer = reply(&mut **ask, &mut standing, &action.id, input)?.answer();
                answer.is_none().then_some(SkipReason::Declined)
            }
        };
        if let Some(reason) = declined {
            ready.stances[at] = Stance::Leave(reason);
            withheld[at] = true;
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(InputMissing(missing).into())
    }
}

/// Asks, unless an earlier reply stands for all questions of this flag.
fn reply<'p>(
    ask: &mut dyn Ask,
    standing: &mut HashMap<&'p str, Reply>,
    action: &ActionId,
    input: &'p Input,
) -> Result<Reply, PrepareError> {
    if let Some(standing) = standing.get(input.flag.as_str()) {
        return Ok(standing.clone());
    }
    let reply = ask.ask(action, input).map_err(|source| {
        let action = action.clone();
        PrepareError::Ask { action, source }
    })?;
    if matches!(reply, Reply::All | Reply::SkipAll) {
        standing.insert(&input.flag, reply.clone());
    }
    Ok(reply)
}

/// What a plan can say beforehand about a run in which nobody can be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Would refuse the run, since an answer is missing.
    pub missing: Vec<Missing>,
    /// Would be left out for want of an answer.
    pub left_out: Vec<ActionId>,
    /// Could not be performed, since they need one of the others.
    pub blocked: Vec<ActionId>,
}

/// Returns what would become of a plan where nobody can be asked.
pub fn outlook<O: Operation>(plan: &Plan<O>) -> Outlook {
    let mut outlook = Outlook::default();
    let mut withheld = vec![false; plan.len()];
    for &position in plan.positions_in_order() {
        let action = plan.at(position);
        let mut edges = plan.graph().edges(position).iter();
        let lost = edges.any(|edge| !edge.order_only() && withheld[edge.to() as usize]);
        withheld[position as usize] = lost || action.input.is_some();
        match &action.input {
            Some(_) | None if lost => outlook.blocked.push(action.id.clone()),
            None => {}
            Some(input) => match input.otherwise {
                Otherwise::Skip => outlook.left_out.push(action.id.clone()),
                Otherwise::Fail => outlook.missing.push(Missing::of(action.id(), input)),
            },
        }
    }
    outlook
}
