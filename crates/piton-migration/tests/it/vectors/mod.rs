//! Every recorded case agrees, or is among the deliberate differences.

mod consistency;
mod directory;
mod formats;
mod phases;
mod planning;
mod schedule;
