//! A project with migrations in it, made for one test.

use std::fs;
use std::path::{Path, PathBuf};

use piton_migration::live::LiveDir;
use piton_migration::slug::Slug;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const DOCUMENT: &str = "# Step\n\n## Precondition\n\nThe tests pass.\n\n\
     ## Definition of Done\n\n- the tests pass\n- nothing else changed\n";

/// A project directory that goes away with the test.
pub(crate) struct Project {
    root: TempDir,
    pub(crate) live: LiveDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory");
        let live = LiveDir::new(root.path(), "migrations");
        fs::create_dir(live.path()).expect("the live directory");
        Self { root, live }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.live.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("the parents");
        fs::write(&path, content).expect("a file");
        path
    }

    /// Writes a migration that is ready and sound, and returns its slug.
    pub(crate) fn ready(&self, name: &str) -> Slug {
        self.ready_with(name, &json!({}))
    }

    /// Writes one with some fields of its manifest replaced.
    pub(crate) fn ready_with(&self, name: &str, changes: &Value) -> Slug {
        let mut manifest = json!({
            "name": name,
            "created_at": "2026-06-01T10:00:00.000+00:00",
            "last_touch": "2026-06-01T10:00:00.000+00:00",
            "wake_up_on": null,
            "awaiting_human_review": false,
            "human_review_reason": null,
            "cooldown_until": null,
            "status": "ready",
            "current_phase": "one",
            "phases": [phase("one", "phase-1-one.md"), phase("two", "phase-2-two.md")],
        });
        for (key, value) in changes.as_object().expect("an object") {
            manifest[key] = value.clone();
        }
        self.write(&format!("{name}/manifest.json"), manifest.to_string());
        self.write(&format!("{name}/plan.md"), "# Plan\n");
        self.write(&format!("{name}/phase-1-one.md"), DOCUMENT);
        self.write(&format!("{name}/phase-2-two.md"), DOCUMENT);
        name.parse().expect("a slug")
    }

    /// Writes a migration whose planning has come to `expand`.
    pub(crate) fn planning(&self, name: &str, stdout_below: &str) -> Slug {
        let slug = self.ready_with(
            name,
            &json!({"status": "planning", "current_phase": "", "phases": []}),
        );
        for document in ["phase-1-one.md", "phase-2-two.md", "plan.md"] {
            fs::remove_file(self.live.migration(&slug).join(document)).expect("it was there");
        }
        let steps = ["approaches", "pick-best"].map(|step| {
            let tail = format!("{name}/.planning/stages/{step}.stdout.md");
            self.write(&tail, "said");
            json!({
                "name": step,
                "outcome": "completed",
                "completed_at": "2026-06-01T10:00:00.000+00:00",
                "outputs": {"stdout": format!("{stdout_below}/{tail}")},
            })
        });
        let state = json!({
            "schema_version": 1, "target": "src/a.rs", "next_step": "expand",
            "completed_steps": steps,
            "started_at": "2026-06-01T10:00:00.000+00:00",
            "updated_at": "2026-06-01T10:00:00.000+00:00",
            "feedback": [], "review_findings": null, "final_decision": null,
            "final_reason": null, "revision_base_step_counts": [],
        });
        self.write(&format!("{name}/.planning/state.json"), state.to_string());
        slug
    }
}

pub(crate) fn phase(name: &str, file: &str) -> Value {
    json!({
        "name": name, "file": file, "done": false, "precondition": "The tests pass.",
        "required_effort": null, "effort_reason": null,
    })
}
