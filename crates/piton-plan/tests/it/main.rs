//! What users of the plan engine can rely on.

mod documents;
mod execute;
mod faults;
mod files;
mod files_last_look;
mod files_seen;
mod files_watched;
mod input;
mod journal;
mod names;
mod order;
mod plans;
mod properties;
mod render;
mod saved;
mod toy;
mod verify;
