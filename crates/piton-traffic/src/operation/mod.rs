//! Operations of tracking that no other family has.

mod backup;
mod check;
mod check_token;
mod settings_file;
mod step;
mod store_token;
mod world;

use serde::{Deserialize, Serialize};

pub use backup::Backup;
pub use check::{CheckSetup, CheckedSetup, Examine};
pub use check_token::CheckToken;
pub use settings_file::SettingsFile;
pub use step::StateStep;
pub use store_token::StoreToken;
pub use world::{TrafficPerformer, TrafficWorld, TryToken};

/// One operation of traffic tracking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrafficOp {
    CheckToken(CheckToken),
    StoreToken(StoreToken),
    SettingsFile(SettingsFile),
    Check(CheckSetup),
    Step(StateStep),
    Backup(Backup),
}

piton_plan::delegate_operation!(pub enum TrafficSeen for TrafficOp:
    CheckToken(CheckToken),
    StoreToken(StoreToken),
    SettingsFile(SettingsFile),
    Check(CheckSetup),
    Step(StateStep),
    Backup(Backup),
);

piton_plan::delegate_world!(Observe<TrafficOp> for TrafficWorld<'_>, TrafficSeen:
    CheckToken(this),
    StoreToken(this),
    SettingsFile(this),
    Check(this),
    Step(this),
    Backup(this),
);

piton_plan::delegate_world!(Perform<TrafficOp> for TrafficPerformer<'_>, TrafficSeen:
    CheckToken(this),
    StoreToken(this),
    SettingsFile(this),
    Check(this),
    Step(this),
    Backup(this),
);
