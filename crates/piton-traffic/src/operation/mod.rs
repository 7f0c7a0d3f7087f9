//! Operations of tracking that no other family has.

mod backup;
mod check;
mod check_token;
mod examine;
mod settings_file;
mod step;
mod store_token;
mod world;

use piton_github::operation::ForgeOp;
use piton_plan::Operation;
use piton_plan::files::FileOp;
use serde::{Deserialize, Serialize};

pub use backup::Backup;
pub use check::CheckSetup;
pub use check_token::CheckToken;
pub use examine::{CheckedSetup, Examine};
pub use settings_file::SettingsFile;
pub use step::StateStep;
pub use store_token::StoreToken;
pub use world::{TrafficPerformer, TrafficWorld, TryToken};

/// What a plan of tracking may hold: files, what is on GitHub, and its own.
pub trait AnyOp: Operation + From<FileOp> + From<ForgeOp> + From<TrafficOp> {}

impl<O: Operation + From<FileOp> + From<ForgeOp> + From<TrafficOp>> AnyOp for O {}

piton_plan::family! {
    /// One operation of traffic tracking.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum TrafficOp, TrafficSeen for TrafficWorld<'_>, TrafficPerformer<'_> {
        CheckToken(CheckToken),
        StoreToken(StoreToken),
        SettingsFile(SettingsFile),
        Check(CheckSetup),
        Step(StateStep),
        Backup(Backup),
    }
}
