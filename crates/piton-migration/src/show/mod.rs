//! Everything about one migration, for a person or a program.

mod text;
mod view;

pub use text::render;
pub use view::{PhaseView, PlanningView, Show, show};
