//! What every command that writes does first: finish what was interrupted.

mod agents;
mod cut_off;
mod places;
mod unfinished;
