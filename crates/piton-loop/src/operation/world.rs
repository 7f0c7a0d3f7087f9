//! The half that looks.

use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_git::slot::SlotHome;
use piton_migration::operation::moved;
use piton_plan::{Failure, Given, Moment, Observation, Observe};

use super::CallAgent;
use crate::planning::site::Site;
use crate::planning::snapshot::Snapshot;

/// What the loop decides on: accepted states, and records of runs.
#[derive(Clone, Copy, Debug)]
pub struct LoopWorld<'a> {
    pub disk: &'a dyn DiskRead,
    pub git: &'a dyn GitRead,
    pub site: &'a Site,
    /// Where slots are; nothing where the settings name no place.
    pub slots: Option<&'a SlotHome>,
}

impl Observe<CallAgent> for LoopWorld<'_> {
    /// Whether a call may be made: what it is about stands as it stood.
    fn observe(
        &self,
        op: &CallAgent,
        _: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<Box<Snapshot>>, Failure> {
        if let Some(changed) = moved(self.git, Some(&op.on))? {
            return Ok(changed);
        }
        let found = Snapshot::read(self.disk, self.site, &op.slug).map_err(Failure::io)?;
        let told = |digest: &str| format!("the migration at {digest}");
        let digest = told(found.digest.short());
        Ok(if found.digest == op.base {
            Observation::pending(digest, Box::new(found))
        } else {
            Observation::changed(told(op.base.short()), digest)
        })
    }
}
