//! Which piton the workflow installs.

use piton_traffic::install::Install;
use piton_traffic::provision::CreateError;

use super::error;
use crate::config::Settings;
use crate::error::{Attempt as _, CommandError};

/// How the workflow installs piton: never without saying which version.
pub(super) fn install(settings: &Settings) -> Result<Install, CommandError> {
    let said = [
        ("traffic.install", settings.traffic_install()),
        ("ci.install", settings.ci_install()),
    ];
    for (key, text) in said {
        if let Some(text) = text {
            return text.parse().or_usage(format!("could not use {key}"));
        }
    }
    Err(error::create(CreateError::NoInstall))
}
