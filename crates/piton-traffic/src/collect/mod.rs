//! Collecting: from the state so far, GitHub's answers and the time, to what is
//! to be written. Nothing here reads or writes anything.

mod answers;
pub(crate) mod badges;
mod compat;
mod corrected;
mod day;
mod fetch;
mod outcome;
mod recording;

/// What both algorithms write in the same way.
mod compat_lists {
    pub(super) use super::compat::{cumulative, path_list, referrer_list, share};
}

pub use answers::{
    Answer, Answers, AssetSeen, DayCount, JobSeen, Popular, Referrer, ReleaseSeen, RepoSeen,
    RunSeen, RunsSeen, StepSeen,
};
pub use compat::collect as collect_compat;
pub use corrected::{collect, days_to_count};
pub use day::{Day, Moment};
pub use fetch::{fetch, read_archive, read_state};
pub use outcome::{Given, Outcome, StateRead, Target, Write};
pub use recording::{InvalidRecording, replay};
