//! The repository's GitHub Pages site.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::site::{self, Source};
use crate::error::found;
use crate::repo::RepoName;

/// Switches the site on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnableSite {
    pub repository: RepoName,
    pub target: String,
    pub source: Source,
    /// Whether it was on from there when this was decided.
    #[serde(default)]
    pub on: bool,
}

impl Operation for EnableSite {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let verb = if self.on { Verb::Skip } else { Verb::Enable };
        Key::new("pages", verb, &self.target)
    }

    fn describe(&self) -> Description<'_> {
        let from = format!("{} of {}", self.source.path, self.source.branch);
        let line = if self.on {
            format!("published from {from}")
        } else {
            format!("publish {from}")
        };
        let premise = if self.on { "it is on" } else { "it is off" };
        Description::new(line)
            .premise(premise)
            .expects(format!("published from {from}"))
    }
}

impl Observe<EnableSite> for ForgeWorld<'_> {
    fn observe(&self, op: &EnableSite, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            Ok(match found(site::get(forge, &op.repository))? {
                None if op.on => Observation::changed("it is on", "it is off"),
                None => Observation::pending("it is off", ()),
                Some(site) if site.source.as_ref() == Some(&op.source) => Observation::already(),
                Some(_) => Observation::changed("it is off", "it is on from another place"),
            })
        })
    }
}

impl Perform<EnableSite> for ForgePerformer<'_> {
    fn perform(&self, op: &EnableSite, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        site::enable(self.forge, &op.repository, &op.source)?;
        Ok(Done::default())
    }
}
