//! The taste file itself: where it is, making it.

use std::path::PathBuf;

use piton_base::RepoPath;
use piton_loop::taste::{DEFAULT_TASTE, TasteVersion};
use piton_plan::PlanBuilder;
use piton_plan::files::{Content, FileOp};
use serde_json::json;

use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::operation::files::{put, read};
use crate::planned::{PlanArgs, site};

#[derive(Clone, Debug)]
pub(super) struct TasteFile {
    pub(super) root: PathBuf,
    pub(super) path: RepoPath,
    /// Whether it is the user's own, outside of any repository.
    global: bool,
}

impl TasteFile {
    pub(super) fn find(
        context: &Context,
        place: Option<&Place>,
        global: bool,
    ) -> Result<Self, CommandError> {
        match place {
            Some(place) if !global => Ok(Self {
                root: place.top().to_owned(),
                path: place
                    .settings
                    .path("taste")
                    .ok_or_else(CommandError::no_plan)?
                    .clone(),
                global,
            }),
            Some(_) | None => {
                let file = context.environment.user_taste().ok_or_else(|| {
                    CommandError::usage("could not find a place for the user's taste")
                        .hint("set HOME or XDG_CONFIG_HOME")
                })?;
                let name = file.file_name().and_then(|name| name.to_str());
                Ok(Self {
                    root: file.parent().ok_or_else(CommandError::no_plan)?.to_owned(),
                    path: name
                        .and_then(|name| name.parse().ok())
                        .ok_or_else(CommandError::no_plan)?,
                    global: true,
                })
            }
        }
    }

    pub(super) fn full(&self) -> PathBuf {
        self.path.under(&self.root)
    }

    /// Returns an operation on a file beside it, or on itself.
    pub(super) fn op(&self, file: FileOp) -> Op {
        if self.global {
            Op::from(file.outside(self.root.clone()))
        } else {
            Op::File(file)
        }
    }
}

/// Makes the file if it is missing, and prints its path.
pub(super) fn show(context: &Context, file: &TasteFile, args: &PlanArgs) -> CommandResult {
    let there = read(&context.disk, &file.full())?;
    if let Some(bytes) = &there
        && !args.changes_nothing()
    {
        let stale = TasteVersion::of(&String::from_utf8_lossy(bytes)).is_stale();
        tell(context, file, stale);
        return Ok(Exit::Done);
    }
    let mut builder = PlanBuilder::new("taste");
    if there.is_none()
        && let Some(made) = put(
            (&context.disk, &file.root),
            file.path.clone(),
            Content::Text(DEFAULT_TASTE.to_owned()),
            "to be made your own",
        )?
    {
        builder.add(file.op(made));
    }
    let plan = builder.build()?;
    let exit = site::anywhere(context)?.carry_out(args, &plan)?;
    if !context.out.json_wanted() {
        tell(context, file, false);
    }
    Ok(exit)
}

fn tell(context: &Context, file: &TasteFile, stale: bool) {
    let path = file.full().display().to_string();
    if context.out.json_wanted() {
        context
            .out
            .json(json!({ "path": path, "global": file.global, "stale": stale }));
    } else {
        context.out.data(&format!("{path}\n"));
    }
}
