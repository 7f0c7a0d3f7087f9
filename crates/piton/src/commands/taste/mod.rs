//! `piton taste`: the team's preferences, which every prompt carries.

mod args;
mod file;
mod session;

pub(crate) use self::args::TasteArgs;
use crate::context::Context;
use crate::error::CommandResult;
use crate::planning::taste::warn_if_stale;
use file::TasteFile;

pub(crate) fn run(context: &Context, args: &TasteArgs) -> CommandResult {
    let place = if args.global {
        context.place_if_any()?
    } else {
        Some(context.place_to_write(&args.plan)?)
    };
    let file = TasteFile::find(context, place.as_ref(), args.global)?;
    match args.mode() {
        None => {
            if let Some(place) = &place {
                warn_if_stale(context, place);
            }
            file::show(context, &file, &args.plan)
        }
        Some(mode) => {
            let place = place.map(|place| context.vetted(place)).transpose()?;
            session::run(context, place.as_ref(), &file, mode, args)
        }
    }
}
