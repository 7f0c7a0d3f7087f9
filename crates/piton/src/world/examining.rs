//! Checks of a set-up of traffic tracking: it is looked at once, when a check
//! first needs it.

use std::path::Path;
use std::sync::OnceLock;

use piton_base::Clock as _;
use piton_durable::{DiskRead as _, RealDisk};
use piton_github::ForgeRead;
use piton_plan::{Failure, FailureKind};
use piton_traffic::collect::Moment;
use piton_traffic::operation::{CheckedSetup, Examine};
use piton_traffic::settings::{PROJECT_FILE, Project};
use piton_traffic::survey::{Ages, Finding, Group, Subject, Survey, examine, survey};

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
        let seen = survey_of(forge, setup, root, now)?;
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

/// Looks at what a saved check is about.
fn survey_of(
    forge: &dyn ForgeRead,
    setup: &CheckedSetup,
    root: Option<&Path>,
    now: Moment,
) -> Result<Survey, Failure> {
    let project = match root {
        Some(root) => RealDisk.read_if_there(&root.join(PROJECT_FILE))?,
        None => None,
    };
    let project = project.and_then(|bytes| Project::parse(&bytes).ok());
    let subject = Subject {
        repository: &setup.repository,
        project: project.as_ref(),
        entry: None,
        named: [setup.badge_gist.as_deref(), setup.archive_gist.as_deref()],
        secret: setup.secret.as_deref(),
        checkout: root.map(|root| (&RealDisk as _, root)),
        offline: false,
        page: true,
    };
    Ok(survey(forge, &subject, now)?)
}
