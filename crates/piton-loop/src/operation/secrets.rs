//! The secrets of the environment that agents run in.

use piton_agent::{Host, environment};
use piton_migration::secret::Secret;

/// Returns every secret that a host's environment holds.
pub fn secrets_of(host: &Host) -> Vec<Secret> {
    let values = environment::secrets(host);
    let named = |value: &String| {
        let mut variables = host.environment.iter();
        let (name, _) = variables.find(|(_, held)| held.to_str() == Some(value))?;
        Secret::new(&name.to_string_lossy(), value)
    };
    values.iter().filter_map(named).collect()
}
