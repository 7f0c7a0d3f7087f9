//! `piton migration`: large changes, staged.

mod approve;
mod archive;
mod delete;
mod diff;
mod doctor;
mod find;
mod import;
mod list;
mod log;
mod moved;
mod new;
mod open;
mod record;
mod refine;
mod reject;
mod rename;
mod reopen;
mod repair;
mod review;
mod review_sheet;
mod share;
mod show;
mod start;
mod step;
mod undo;
mod wake;

crate::context::group! {
    /// Stage large changes, look at them, repair them
    #[command(
        defer = true,
        after_help = "\
Examples:
  piton migration new --target \"split the parser from the report\"
  piton migration step SLUG --until ready
  piton migration list
  piton migration review SLUG
  piton migration doctor --all"
    )]
    MigrationCommand {
        New(new::NewArgs),
        Step(step::StepArgs),
        Refine(refine::RefineArgs),
        Review(review::ReviewArgs),
        Approve(approve::ApproveArgs),
        Reject(reject::RejectArgs),
        Wake(wake::WakeArgs),
        List(list::ListArgs),
        Show(show::ShowArgs),
        Open(open::OpenArgs),
        Diff(diff::DiffArgs),
        Log(log::LogArgs),
        Undo(undo::UndoArgs),
        Reopen(reopen::ReopenArgs),
        Rename(rename::RenameArgs),
        Archive(archive::ArchiveArgs),
        Delete(delete::DeleteArgs),
        Doctor(doctor::DoctorArgs),
        Share(share::ShareArgs),
        Import(import::ImportArgs),
    }
}
