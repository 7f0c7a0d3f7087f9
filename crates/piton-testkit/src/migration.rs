//! A migration as a repository holds it, with phases to be carried out.

use serde_json::{Value, json};

use crate::ScratchRepo;

/// What a phase's document says where nobody reads it.
const DOCUMENT: &str = "# x\n\n## Precondition\n\nsomething\n\n## Definition of Done\n\nit\n";

/// Returns the manifest of a migration that is ready; each phase has a name
/// and something that must be so before it.
pub fn manifest(name: &str, phases: &[(&str, &str)]) -> Value {
    let stamp = "2026-06-01T10:00:00.000+00:00";
    let each = |(index, (name, precondition)): (usize, &(&str, &str))| {
        json!({
            "done": false,
            "effort_reason": null,
            "file": format!("phase-{}-{name}.md", index + 1),
            "name": name,
            "precondition": precondition,
            "required_effort": null,
        })
    };
    json!({
        "awaiting_human_review": false,
        "cooldown_until": null,
        "created_at": stamp,
        "current_phase": phases.first().map_or("", |(name, _)| name),
        "human_review_reason": null,
        "last_touch": stamp,
        "name": name,
        "phases": phases.iter().enumerate().map(each).collect::<Vec<_>>(),
        "status": "ready",
        "wake_up_on": null,
    })
}

/// Returns the manifest of `tidy`, which has two phases.
pub fn tidy() -> Value {
    let phases = [
        ("first", "src/lib.rs exists"),
        ("second", "the first is done"),
    ];
    manifest("tidy", &phases)
}

impl ScratchRepo {
    /// Writes a migration: its manifest, a plan, a document for each phase.
    pub fn write_migration(&self, manifest: &Value) {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let dir = format!("migrations/{}", text(&manifest["name"]));
        let whole = serde_json::to_string_pretty(manifest).expect("it renders");
        self.write(&format!("{dir}/manifest.json"), &(whole + "\n"));
        self.write(&format!("{dir}/plan.md"), "# Plan\n");
        for phase in manifest["phases"].as_array().expect("a list") {
            self.write(&format!("{dir}/{}", text(&phase["file"])), DOCUMENT);
        }
    }
}
