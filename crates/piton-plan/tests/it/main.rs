//! What users of the plan engine can rely on.

mod execute;
mod faults;
mod files;
mod input;
mod journal;
mod order;
mod properties;
mod render;
mod saved;
mod toy;
mod verify;
