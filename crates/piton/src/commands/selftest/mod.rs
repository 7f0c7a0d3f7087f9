//! `piton selftest`: what piton promises, tried on this machine.

mod args;
mod crash;
mod place;
mod seal;

pub(crate) use self::args::SelftestArgs;
use crate::context::Context;
use crate::error::CommandResult;

pub(crate) fn run(context: &Context, args: &SelftestArgs) -> CommandResult {
    if args.crash {
        crash::run(context, args)
    } else {
        seal::run(context, args)
    }
}
