//! The one next thing.

use jiff::Timestamp;
use piton_migration::slug::Slug;

use super::gate::Gate;
use super::limits::Reached;
use super::queue;
use super::stand::{self, NotNow, Stand};
use super::stop::Stop;
use super::world::World;
use crate::targets::Target;

/// What is done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Accepted work of an earlier time lands, without a call.
    Land(String),
    /// A planning step.
    Plan(Slug),
    /// The phase at this place in the manifest.
    Phase {
        slug: Slug,
        index: usize,
    },
    /// The target at this place in the supply.
    Source {
        target: Target,
        place: u32,
    },
    Wait {
        until: Timestamp,
    },
    Stop(Stop),
}

/// A decision, with what had to be passed over on the way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub next: Next,
    /// Migrations that looked fit, and were not when looked at closer.
    pub passed_over: Vec<(Slug, String)>,
}

/// Decides what is done next: what is accepted lands before anything new is
/// begun, planning comes before phases, phases before source targets.
pub fn next(world: &World<'_>, gate: &dyn Gate) -> Decision {
    let mut passed_over = Vec::new();
    let next = decide(world, gate, &mut passed_over);
    Decision { next, passed_over }
}

fn decide(world: &World<'_>, gate: &dyn Gate, passed_over: &mut Vec<(Slug, String)>) -> Next {
    let memory = world.memory;
    if let Some(work) = world.unlanded.iter().find(|work| !memory.waits(&work.name)) {
        return Next::Land(work.name.clone());
    }
    match world.limits.reached(memory, world.now) {
        Some(Reached::Over(stop)) => return Next::Stop(stop),
        Some(Reached::Until(until)) => return Next::Wait { until },
        None => {}
    }
    let next = begin(world, gate, passed_over);
    match (memory.rest_until, &next) {
        // A rest is between actions: nothing rests before the end.
        (_, Next::Stop(_)) | (None, _) => next,
        (Some(until), _) if until > world.now => Next::Wait { until },
        (Some(_), _) => next,
    }
}

/// Says what is begun, if nothing is waited for.
fn begin(world: &World<'_>, gate: &dyn Gate, passed_over: &mut Vec<(Slug, String)>) -> Next {
    for entry in queue::eligible(world) {
        if let Some(reason) = gate.refuses(&entry.slug, &entry.stand) {
            passed_over.push((entry.slug, reason));
            continue;
        }
        match entry.stand {
            Stand::Plan => return Next::Plan(entry.slug),
            Stand::Phase { index } => {
                let slug = entry.slug;
                return Next::Phase { slug, index };
            }
            Stand::NotNow(_) => {}
        }
    }
    let taken = world.memory.sources();
    let picked = world
        .source
        .pick(world.seed, taken, &|target| world.is_free(target));
    match picked {
        Some((place, target)) => Next::Source { target, place },
        None => Next::Stop(nothing_left(world)),
    }
}

/// Says why nothing can be done, the most pressing reason first.
fn nothing_left(world: &World<'_>) -> Stop {
    let memory = world.memory;
    if memory.anything_waits() || !world.unlanded.is_empty() {
        return Stop::WaitsToLand;
    }
    if memory.ended_in_failure() {
        let in_a_row = memory.failures_in_a_row();
        return Stop::Failures { in_a_row };
    }
    let mut people = Vec::new();
    let mut times = Vec::new();
    for standing in world.migrations {
        match stand::stand(world, standing) {
            Stand::NotNow(NotNow::AwaitsPerson { .. }) => people.push(standing.slug.to_string()),
            Stand::NotNow(NotNow::Sleeps { until, .. }) => times.push(until),
            Stand::NotNow(NotNow::SetAside(aside)) => times.extend(aside.until),
            Stand::Plan
            | Stand::Phase { .. }
            | Stand::NotNow(
                NotNow::Broken { .. }
                | NotNow::Over(_)
                | NotNow::OverBudget { .. }
                | NotNow::WaitsToLand
                | NotNow::UnderWay
                | NotNow::NothingOpen,
            ) => {}
        }
    }
    if times.is_empty() && !people.is_empty() {
        return Stop::WaitsForPeople { migrations: people };
    }
    if world.source.is_finite() && memory.sources() > 0 && times.is_empty() {
        return Stop::TargetsUsedUp;
    }
    Stop::NothingEligible {
        next: times.into_iter().min(),
    }
}
