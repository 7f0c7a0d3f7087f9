//! `piton runs`: what agents were asked, what they did, what it cost.

mod follow;
mod list;
mod prune;
mod show;

crate::context::group! {
    /// Show the records of runs, and remove old ones
    #[command(
        defer = true,
        after_help = "\
Examples:
  piton runs list
  piton runs show
  piton runs show --follow
  piton runs show 20260601T120000-000000 --json
  piton runs prune --dry-run"
    )]
    RunsCommand {
        List(list::ListArgs),
        Show(show::ShowArgs),
        Prune(prune::PruneArgs),
    }
}
