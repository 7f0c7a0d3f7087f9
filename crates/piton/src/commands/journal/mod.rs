//! `piton journal`: plans that were performed, or cut off.

mod list;
mod resume;
mod show;

crate::context::group! {
    /// Show plans that were performed, and carry on with one that was cut off
    #[command(
        defer = true,
        after_help = "\
Examples:
  piton journal list
  piton journal show 0193a1b2
  piton journal resume            the latest that was cut off"
    )]
    JournalCommand {
        List(list::ListArgs),
        Show(show::ShowArgs),
        Resume(resume::ResumeArgs),
    }
}
