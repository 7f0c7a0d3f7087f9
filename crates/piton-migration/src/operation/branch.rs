//! Whether HEAD is still where a plan was decided.

use piton_git::{GitRead, Holds, Tip};
use piton_plan::{Failure, Observation};

/// Says how HEAD differs from where it was: it is on another branch, on one
/// that no longer holds the commit, or in the middle of something.
pub fn moved<S>(git: &dyn GitRead, on: Option<&Tip>) -> Result<Option<Observation<S>>, Failure> {
    let Some(wanted) = on else { return Ok(None) };
    if let Some(begun) = git.under_way().map_err(Failure::io)? {
        return Ok(Some(Observation::changed(
            "nothing begun with git",
            format!("{begun} is under way; {}", begun.way_out()),
        )));
    }
    let found = git.tip().map_err(Failure::io)?;
    let holds = wanted.held_by(&found, |later, earlier| git.contains(later, earlier));
    Ok(match holds.map_err(Failure::io)? {
        Holds::Still => None,
        Holds::Elsewhere => Some(Observation::changed(
            wanted.to_string(),
            format!("{found} is checked out; check out {wanted} again"),
        )),
        Holds::Rewritten => Some(Observation::changed(
            format!("{wanted} with {}", wanted.what()),
            "it is not there any more",
        )),
    })
}
