//! Phase documents: which there are and what they declare.

use piton_base::Effort;
use piton_migration::phase::{Metadata, discover};
use serde_json::{Value, json};

use crate::shared::{each, same};

#[test]
fn metadata_is_read_as_recorded() {
    each("phase_metadata", |case| {
        let doc = case.input["doc"].as_str().ok_or("no document")?;
        match (case.refused(), Metadata::read(doc)) {
            (true, Err(_)) => Ok(()),
            (true, Ok(metadata)) => Err(format!("accepted: {metadata:?}")),
            (false, Err(error)) => Err(format!("refused: {error}")),
            (false, Ok(metadata)) => same(
                &json!({
                    "precondition": metadata.precondition,
                    "required_effort": metadata.required_effort.map(Effort::as_str),
                    "effort_reason": metadata.effort_reason,
                }),
                &case.output,
            ),
        }
    });
}

#[test]
fn phases_are_discovered_as_recorded() {
    each("phase_discovery", |case| {
        let files: Vec<_> = case.input["files"]
            .as_array()
            .ok_or("no files")?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        match (case.refused(), discover(files)) {
            (true, Err(_)) => Ok(()),
            (true, Ok(found)) => Err(format!("accepted: {found:?}")),
            (false, Err(error)) => Err(format!("refused: {error}")),
            (false, Ok(found)) => {
                let pairs: Vec<_> = found.iter().map(|it| json!([it.name, it.file])).collect();
                same(&Value::Array(pairs), &case.output)
            }
        }
    });
}
