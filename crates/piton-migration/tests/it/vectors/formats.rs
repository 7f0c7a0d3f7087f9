//! The manifest and the planning record as files.

use std::fs;

use piton_durable::RealDisk;
use piton_migration::manifest::Manifest;
use piton_migration::planning::{Home, PlanningState, STAGES_DIR, Step};
use piton_migration::slug;

use crate::shared::{each, same};

#[test]
fn manifests_decode_and_encode_as_recorded() {
    each("manifest_codec", |case| {
        let text = case.input["text"].as_str().ok_or("no text")?;
        let ours = Manifest::decode(text.as_bytes());
        match (case.refused(), ours) {
            (true, Err(_)) => Ok(()),
            (true, Ok(_)) => Err("accepted".to_owned()),
            (false, Err(error)) => Err(format!("refused: {error:?}")),
            (false, Ok(manifest)) => same(
                &String::from_utf8_lossy(&manifest.encode()).as_ref(),
                &case.output["canonical"].as_str().ok_or("no canonical")?,
            ),
        }
    });
}

#[test]
fn planning_records_decode_and_encode_as_recorded() {
    let root = tempfile::tempdir().expect("a directory");
    let dir = root.path().join("migrations/m");
    let stages = dir.join(STAGES_DIR);
    fs::create_dir_all(&stages).expect("stages");
    fs::write(root.path().join("README.md"), "outside").expect("a file");
    for step in Step::ALL {
        fs::write(stages.join(format!("{step}.stdout.md")), "said").expect("a stage");
    }
    for other in ["manifest.json", "plan.md"] {
        fs::write(dir.join(other), "{}").expect("a file");
    }
    let home = Home::new("migrations", "m");
    each("planning_state", |case| {
        let text = case.input["text"].as_str().ok_or("no text")?;
        let ours = PlanningState::decode(text.as_bytes())
            .map_err(|error| format!("{error:?}"))
            .and_then(
                |state| match state.check_references(&RealDisk, &dir, &home) {
                    Ok(_) => Ok(state),
                    Err(error) => Err(format!("{error:?}")),
                },
            );
        match (case.refused(), ours) {
            (true, Err(_)) => Ok(()),
            (true, Ok(_)) => Err("accepted".to_owned()),
            (false, Err(error)) => Err(format!("refused: {error}")),
            (false, Ok(state)) => {
                same(
                    &String::from_utf8_lossy(&state.encode()).as_ref(),
                    &case.output["canonical"].as_str().ok_or("no canonical")?,
                )?;
                same(
                    &state.cursor().as_str(),
                    &case.output["next_step"].as_str().ok_or("no cursor")?,
                )
            }
        }
    });
}

#[test]
fn slugs_start_as_recorded() {
    each("slug_prefix", |case| {
        let description = case.input["description"].as_str().ok_or("no description")?;
        let theirs = case.output["prefix"].as_str().ok_or("no prefix")?;
        same(&slug::prefix(description).as_str(), &theirs)
    });
}
