//! Plans, receipts and deviations as text for people and programs.
//!
//! Nothing here prints: every function returns what is to be shown, at a
//! verbosity from −3, where nothing is, to 3, where everything is.

mod deviations;
mod journals;
mod json;
mod markdown;
mod receipts;
mod style;
mod text;

pub use deviations::deviations;
pub use journals::journal;
pub use json::{plan_document, run_document};
pub use markdown::markdown;
pub use receipts::receipts;
pub use style::Style;
pub use text::{Heading, outlook, text};
