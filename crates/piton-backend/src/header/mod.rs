//! The plan-header: the block that says who, where and when.

mod choose;
mod edit;
mod field;
mod minimal;
mod patch;
mod stamp;
mod validate;

pub use choose::{Header, HeaderFault, find_header};
pub use edit::{EditError, Edited, apply_patch};
pub use field::{FIELDS, Field, KEY, Rule};
pub use minimal::{NewHeader, new_header};
pub use patch::{Ignored, Patch, PatchError};
pub use stamp::Stamp;
pub use validate::{Problem, validate};
