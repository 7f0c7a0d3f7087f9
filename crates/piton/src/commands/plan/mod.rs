//! `piton plan`: stored plans, for people.

mod check;
mod close;
mod comment;
mod create;
mod decide;
mod dispatch;
mod implement;
mod list;
mod log;
mod prepare;
mod repair;
mod resolve;
mod runs;
mod show;
mod submit;
mod sync;
mod text;
mod update;

crate::context::group! {
    /// Look at stored plans and change them
    ///
    /// Plans are kept where the team works: in GitHub issues, in draft pull
    /// requests, or in a directory of the repository. The setting plans.backend
    /// says where. A plan is named by its number (42, P42), its address, or the
    /// name of a local one; without a name the one of this folder or branch is
    /// meant.
    #[command(
        defer = true,
        after_help = "\
Examples:
  piton plan create --file plan.md
  piton plan list
  piton plan show 42
  piton plan implement 42 --dry-run
  piton plan check --file body.md"
    )]
    PlanCommand {
        Create(create::CreateArgs),
        List(list::ListArgs),
        Show(show::ShowArgs),
        Check(check::CheckArgs),
        Log(log::LogArgs),
        Update(update::UpdateArgs),
        Comment(comment::CommentArgs),
        Close(close::CloseArgs),
        Resolve(resolve::ResolveArgs),
        Repair(repair::RepairArgs),
        Prepare(prepare::PrepareArgs),
        Implement(implement::ImplementArgs),
        Dispatch(dispatch::DispatchArgs),
        Submit(submit::SubmitArgs),
        Sync(sync::SyncArgs),
    }
}
