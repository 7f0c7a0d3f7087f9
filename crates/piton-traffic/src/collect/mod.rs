//! Collecting: from the state so far, GitHub's answers and the time, to what is
//! to be written. Nothing here reads or writes anything.

mod answers;
pub(crate) mod badges;
mod checkouts;
mod compat;
mod corrected;
mod day;
mod fetch;
mod outcome;
mod recorded_gists;
mod recorded_part;
mod recording;
mod uses;

/// What both algorithms write in the same way.
mod compat_lists {
    pub(super) use super::compat::{cumulative, path_list, referrer_list, share};
}

pub use answers::{
    Answer, Answers, AssetSeen, DayCount, JobSeen, Popular, Referrer, ReleaseSeen, RepoSeen,
    RunSeen, RunsSeen, StarsSeen, StepSeen,
};
pub use compat::collect as collect_compat;
pub use corrected::mend::{
    Measured, Mending, Range, Repair, RepairOptions, Step, StepKind, all_days, fill, from_history,
    measured_of, migrate, month_files, recount_ci, release_series, repair, star_rows, window,
};
pub(crate) use corrected::mend::{badge_files, badge_messages, badges_as_captured, lately_sums};
pub(crate) use corrected::newest_capture;
pub use corrected::{collect, days_to_count, state_fault};
pub use day::{Day, Moment};
pub use fetch::{
    counts, fetch, of_day as runs_of_day, read_archive, read_past, read_stars, read_state, release,
};
pub use outcome::{Given, Outcome, StateRead, Target, Write};
pub use recorded_part::InvalidRecording;
pub use recording::replay;
