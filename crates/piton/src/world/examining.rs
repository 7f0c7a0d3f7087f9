//! Checks of a set-up of traffic tracking: it is looked at once, when a check
//! first needs it.

use std::sync::OnceLock;

use piton_base::Clock as _;
use piton_plan::{Failure, FailureKind};
use piton_traffic::collect::Moment;
use piton_traffic::operation::{CheckedSetup, Examine};
use piton_traffic::survey::{Ages, Finding, Group, examine};

use super::Reading;
use crate::context::Context;

#[derive(Debug)]
pub(super) struct Examining<'a> {
    context: &'a Context,
    reading: &'a Reading<'a>,
    found: OnceLock<Result<Vec<Finding>, Failure>>,
}

impl<'a> Examining<'a> {
    pub(super) fn new(context: &'a Context, reading: &'a Reading<'a>) -> Self {
        Self {
            context,
            reading,
            found: OnceLock::new(),
        }
    }

    fn all(&self, setup: &CheckedSetup) -> Result<Vec<Finding>, Failure> {
        let forge = self.reading.github()?;
        let now = Moment(self.context.clock.now());
        let root = self.reading.root();
        let seen = crate::commands::traffic::survey_of(forge, setup, root, now)?;
        Ok(examine(&seen, Ages::default()).0)
    }
}

impl Examine for Examining<'_> {
    fn finding(
        &self,
        group: Group,
        target: &str,
        setup: &CheckedSetup,
    ) -> Result<Finding, Failure> {
        let all = self.found.get_or_init(|| self.all(setup));
        let all = all.as_ref().map_err(Clone::clone)?;
        let found = all
            .iter()
            .find(|one| one.group == group && one.target == target);
        found.cloned().ok_or_else(|| {
            Failure::new(
                FailureKind::NotFound,
                "there is nothing to check here any more",
            )
        })
    }
}
