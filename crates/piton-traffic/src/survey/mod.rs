//! A set-up, looked at and checked: nothing here changes anything.

mod archive_checks;
mod checks;
mod cron;
mod file_checks;
mod finding;
mod look;
mod seen;
mod state_checks;
mod summary;

pub use archive_checks::months;
pub use checks::{Ages, examine};
pub use cron::{next_run, schedule_in};
pub use finding::{Code, Finding, Group, Verdict};
pub use look::{Subject, local_files, seen, survey};
pub use seen::{FileSeen, GistSeen, GistState, LocalFile, PageSeen, Survey, WorkflowState};
pub use summary::Summary;
