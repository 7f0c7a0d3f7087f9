//! Operations of setting tracking up that no other family has.

mod check_token;
mod settings_file;
mod store_token;
mod world;

use serde::{Deserialize, Serialize};

pub use check_token::CheckToken;
pub use settings_file::SettingsFile;
pub use store_token::StoreToken;
pub use world::{TrafficPerformer, TrafficWorld, TryToken};

/// One operation of traffic tracking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrafficOp {
    CheckToken(CheckToken),
    StoreToken(StoreToken),
    SettingsFile(SettingsFile),
}

piton_plan::delegate_operation!(pub enum TrafficSeen for TrafficOp:
    CheckToken(CheckToken),
    StoreToken(StoreToken),
    SettingsFile(SettingsFile),
);

piton_plan::delegate_world!(Observe<TrafficOp> for TrafficWorld<'_>, TrafficSeen:
    CheckToken(this),
    StoreToken(this),
    SettingsFile(this),
);

piton_plan::delegate_world!(Perform<TrafficOp> for TrafficPerformer<'_>, TrafficSeen:
    CheckToken(this),
    StoreToken(this),
    SettingsFile(this),
);
