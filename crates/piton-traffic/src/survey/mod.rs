//! A set-up, looked at and checked: nothing here changes anything.

mod actions_checks;
mod ages;
mod archive_checks;
mod checks;
mod config_checks;
mod cron;
mod file_checks;
mod finding;
mod gist_checks;
mod look;
mod seen;
mod state_checks;
mod summary;
mod workflow_checks;

pub use ages::Ages;
pub use archive_checks::months;
pub use checks::examine;
pub use cron::{next_run, schedule_in};
pub use finding::{Code, Finding, Findings, Group, Verdict};
pub use look::{Subject, local_files, seen, survey};
pub use seen::{
    FileSeen, GistSeen, GistState, LocalFile, LocalState, PageSeen, Survey, WorkflowState,
};
pub use summary::Summary;
