//! When work may go on.

use piton_migration::manifest::Manifest;
use piton_migration::schedule::eligible;
use serde_json::{Value, json};

use crate::shared::{each, same};

#[test]
fn migrations_are_eligible_as_recorded() {
    each("eligible", |case| {
        let manifest = json!({
            "name": "m",
            "created_at": "2026-05-01T10:00:00.000+00:00",
            "last_touch": case.input["last_touch"],
            "wake_up_on": case.input["wake_up_on"],
            "cooldown_until": case.input["cooldown_until"],
            "status": "planning",
            "current_phase": "",
        });
        let manifest = Manifest::decode(manifest.to_string().as_bytes())
            .map_err(|error| format!("no manifest: {error}"))?;
        let now = case.input["now"].as_str().ok_or("no time")?;
        let now = now.parse().map_err(|error| format!("no time: {error}"))?;
        match (case.refused(), eligible(&manifest, now)) {
            (true, Err(_)) => Ok(()),
            (true, Ok(answer)) => Err(format!("answered {answer}")),
            (false, Err(error)) => Err(format!("refused: {error}")),
            (false, Ok(answer)) => same(&Value::Bool(answer), &case.output["eligible"]),
        }
    });
}
