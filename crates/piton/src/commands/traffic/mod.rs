//! `piton traffic`: traffic tracking of a repository, a file for each subcommand.

mod at_once;
mod backfill;
mod badge;
mod collect;
mod conflict;
mod create;
mod dashboard;
mod error;
mod export;
mod ground;
mod init;
mod list;
mod look;
mod mend;
mod pinned;
mod place;
mod remove;
mod report;
mod standing;
mod state;
mod status;
mod tips;
mod upgrade;
mod verify;

use std::path::Path;

crate::context::group! {
    /// Keep and show a repository's traffic for longer than GitHub does
    #[command(
        defer = true,
        after_help = "\
Examples:
  piton traffic create --dry-run              what setting it up would do
  piton traffic create                        set it up
  piton traffic status                        is it collecting, and the numbers
  piton traffic verify --fix                  find what is wrong, and repair it
  piton traffic upgrade                       take over what ghtraf set up
  piton traffic export > traffic.csv          everything that is known
  piton traffic collect --replay run.json     the collector, from a recording
  piton traffic dashboard --demo              the dashboard with made-up data"
    )]
    TrafficCommand {
        Create(create::CreateArgs),
        Init(init::InitArgs),
        Status(status::StatusArgs),
        List(list::ListArgs),
        Verify(verify::VerifyArgs),
        Upgrade(upgrade::UpgradeArgs),
        Backfill(backfill::BackfillArgs),
        Collect(collect::CollectArgs),
        Export(export::ExportArgs),
        Badge(badge::BadgeArgs),
        Dashboard(dashboard::DashboardArgs),
        Remove(remove::RemoveArgs),
    }
}

impl TrafficCommand {
    /// Returns the checkout that is named with `--repo-dir`.
    pub(crate) fn checkout(&self) -> Option<&Path> {
        let meant = match self {
            Self::Create(args) => &args.meant,
            Self::Init(args) => &args.meant,
            Self::Status(args) => &args.meant,
            Self::Verify(args) => &args.meant,
            Self::Upgrade(args) => &args.meant,
            Self::Backfill(args) => &args.meant,
            Self::Export(args) => &args.meant,
            Self::Badge(args) => &args.meant,
            Self::Remove(args) => &args.meant,
            Self::List(_) | Self::Collect(_) | Self::Dashboard(_) => return None,
        };
        meant.repo_dir.as_deref()
    }
}
