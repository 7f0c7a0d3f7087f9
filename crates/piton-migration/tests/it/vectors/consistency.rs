//! Directories in all modes.

use piton_durable::RealDisk;
use piton_migration::consistency::{Mode, check, has_errors};
use serde_json::Value;

use crate::differences::{manifest_behind_a_link, without_outside_documents};
use crate::findings::{Row, rows, without_steps_up};
use crate::shared::{each, same};
use crate::tree;

#[test]
fn directories_have_the_recorded_findings_in_every_mode() {
    each("consistency", |case| {
        let root = tempfile::tempdir().expect("a directory");
        let name = case.input["dir"].as_str().ok_or("no name")?;
        let dir = root.path().join(name);
        let entries = case.input["tree"].as_array().ok_or("no tree")?;
        tree::build(&dir, entries);
        let slug = name.parse().map_err(|error| format!("{error}"))?;
        if manifest_behind_a_link(entries) {
            return Ok(());
        }
        if case.refused() {
            // The original crashed somewhere; piton has something to say there.
            let sound = |mode| !has_errors(&check(&RealDisk, &dir, &slug, mode));
            let silent = Mode::ALL.iter().copied().all(sound);
            return if silent {
                Err("nothing found".to_owned())
            } else {
                Ok(())
            };
        }
        for &mode in Mode::ALL {
            let findings = check(&RealDisk, &dir, &slug, mode);
            let Some(recorded) = case.output[mode.as_str()].as_array() else {
                // The original crashed; piton has something to say instead.
                if has_errors(&findings) {
                    continue;
                }
                return Err(format!("{mode}: nothing found where the original crashes"));
            };
            let theirs = without_outside_documents(recorded.iter().map(row).collect());
            same(&rows(&findings, &dir), &theirs).map_err(|error| format!("{mode}: {error}"))?;
        }
        Ok(())
    });
}

fn row(recorded: &Value) -> Row {
    let text = |index: usize| recorded[index].as_str().unwrap_or_default().to_owned();
    (text(0), text(1), without_steps_up(&text(2)))
}
