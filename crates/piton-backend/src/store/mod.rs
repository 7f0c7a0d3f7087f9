//! Where plans are kept: one interface, and the places behind it.
//!
//! [`BackendRead`] and [`Backend`] are its two halves: deciding code is handed
//! the first, performing code the second. Nobody outside this crate edits a
//! header: they say what to set, and the backend does the rest.

mod error;
pub mod forge;
mod id;
mod interface;
pub mod local;
mod mark;
mod new_plan;
mod plan;
mod title;
mod turn;

pub(crate) use error::Result;
pub use error::{BackendError, Reason};
pub use id::{InvalidPlanId, PlanId, Provider};
pub(crate) use interface::text_digest;
pub use interface::{Backend, BackendRead, Change, Noted, Updated};
pub use mark::comment_mark;
pub use new_plan::{Created, NewPlan};
pub use plan::{Document, Listing, PlanComment, PlanQuery, PlanText, Stage, State};
pub use title::{plain_title, slug, title_of};

/// Returns a value so that equal ones are equal however they are written.
fn spelled(value: &crate::yaml::Value) -> String {
    match value {
        value if value.is_null() => "null".to_owned(),
        value => value.key_text(),
    }
}
