//! The team's taste: prose preferences that every prompt carries.

mod load;
mod session;
mod text;

pub use load::{Taste, TasteError, TastePaths, TasteSource};
pub use session::{
    TasteAnswerError, TasteDecision, TasteMode, TasteRefusal, accept_answer, decide_session,
};
pub(crate) use text::CURRENT_VERSION;
pub use text::{DEFAULT_TASTE, TasteVersion};
