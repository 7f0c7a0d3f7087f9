//! The secrets of the environment that agents run in.

use piton_agent::{Host, secrets};
use piton_migration::secret::Secret;

/// Returns every secret that a host's environment holds.
pub fn secrets_of(host: &Host) -> Vec<Secret> {
    secrets::known(host)
        .iter()
        .filter_map(|known| Secret::new(&known.variable, &known.value))
        .collect()
}
