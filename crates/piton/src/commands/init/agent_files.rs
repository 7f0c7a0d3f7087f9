//! What tells agents of piton, in the places where they look.

use std::path::Path;

use piton_durable::DiskRead;
use piton_plan::PlanBuilder;
use piton_plan::files::Content;

use crate::agent_files::{Merged, Wanted, merge};
use crate::error::{Attempt as _, CommandError};
use crate::operation::Op;
use crate::operation::files::{put, read};

pub(super) fn decide(
    builder: &mut PlanBuilder<Op>,
    disk: &dyn DiskRead,
    top: &Path,
    files: &[Wanted],
) -> Result<(), CommandError> {
    for file in files {
        let old = read(disk, &top.join(&file.path))?;
        let text = match merge(old.as_deref(), &file.head, &file.body) {
            Merged::Text(text) => text,
            Merged::Left(why) => {
                builder.warn(format!("{} stays as it is: {why}", file.path));
                continue;
            }
        };
        let path = file.path.parse().or_internal("could not make a plan")?;
        let content = Content::Text(text);
        if let Some(op) = put((disk, top), path, content, "tells agents of piton")? {
            builder.add(Op::File(op));
        }
    }
    Ok(())
}
