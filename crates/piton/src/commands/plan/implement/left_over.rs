//! What a run that was cut off left of a stored plan.

use piton_git::landing::Onto;
use piton_git::{CommitId, GitRead as _};
use piton_loop::work::Accepted;
use piton_loop::work::accepted::{self, Held};

use crate::workshop::Floor;

/// What a run that was cut off left.
pub(super) enum LeftOver {
    /// Accepted, and not landed.
    Held(Box<Accepted>),
    Landed(CommitId),
}

/// Returns what `earlier` left of this plan, where its branch is at `tip`.
pub(super) fn left_over(
    floor: &Floor<'_>,
    (plan, branch): (&str, &str),
    earlier: &str,
    tip: &CommitId,
) -> Result<Option<LeftOver>, String> {
    let (context, place) = (floor.context, floor.place);
    let told = |error: &dyn std::error::Error| piton_base::on_one_line(error);
    let held = accepted::all(&context.disk, &place.repository, place.state().path())
        .map_err(|error| told(&error))?;
    let onto = Onto::Branch(branch.to_owned());
    for held in held {
        if let Held::Work(work) = held
            && work.onto == onto
            && work.name.starts_with(earlier)
        {
            return Ok(Some(LeftOver::Held(work)));
        }
    }
    let message = place
        .repository
        .message(tip)
        .map_err(|error| told(&error))?;
    let lines: Vec<&str> = message.lines().collect();
    let its = lines.contains(&format!("Piton-Run: {earlier}").as_str())
        && lines.contains(&format!("Piton-Plan: {plan}").as_str());
    Ok(its.then(|| LeftOver::Landed(tip.clone())))
}
