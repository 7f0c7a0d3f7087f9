//! Whether what a migration's files say fits together.
//!
//! [`check()`] looks at one directory in one [`Mode`], in the original's order
//! and with its codes; piton's own findings come after those. Nothing outside
//! the directory is opened, no link is followed to be read, and whatever is
//! wrong becomes a [`Finding`], never an error or a panic. [`examine`] adds
//! what only the doctor looks at, [`examine_all`] does so for every migration.

mod advice;
mod check;
mod code;
mod doctor;
mod finding;
mod mode;
mod names;
mod phase_file;
mod planning;
mod transactions;

pub use check::{check, check_with};
pub use code::{Code, Severity};
pub use doctor::{Examination, Report, examine, examine_all};
pub(crate) use finding::errors;
pub use finding::{Finding, first_error, has_errors};
pub use mode::Mode;
pub use transactions::examine as examine_transactions;
pub(crate) use transactions::{LOCK_DIR, OWNER_FILE};
