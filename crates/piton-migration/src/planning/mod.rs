//! Planning: the graph of steps, the record of what was accepted, what agents say.
//!
//! [`Position`] is the graph: an enum whose only ways forward are
//! [`Position::advance`] and [`Position::reopen`]. [`PlanningState`] is
//! `.planning/state.json`; it cannot hold a history that does not lead to its
//! position, because its position is never read from the file but replayed.

mod decode;
mod encode;
mod feedback;
mod follow;
mod graph;
mod load;
mod reference;
mod replay;
mod stage;
mod state;
mod step;

pub use decode::StateError;
pub use feedback::{Feedback, FeedbackSource};
pub use graph::{GraphError, Position};
pub use load::{LoadedState, StateLoadError, load_state};
pub use reference::{Home, ReferenceError, ReferenceFault, StageRef};
pub use replay::{ReplayError, replay};
pub use stage::{STAGES_DIR, STATE_FILE, stage_file_name};
pub use state::{CompletedStep, PlanningState, StateChangeError};
pub use step::{Cursor, Decision, Outcome, Step};
