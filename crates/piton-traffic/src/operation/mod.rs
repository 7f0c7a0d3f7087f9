//! Operations of tracking that no other family has.

mod backup;
mod check;
mod check_token;
mod examine;
mod settings_file;
mod step;
mod store_token;
mod world;

use serde::{Deserialize, Serialize};

pub use backup::Backup;
pub use check::CheckSetup;
pub use check_token::CheckToken;
pub use examine::{CheckedSetup, Examine};
pub use settings_file::SettingsFile;
pub use step::StateStep;
pub use store_token::StoreToken;
pub use world::{TrafficPerformer, TrafficWorld, TryToken};

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
