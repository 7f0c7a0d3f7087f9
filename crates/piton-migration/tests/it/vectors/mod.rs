//! Every recorded case agrees, or is among the deliberate differences.

mod formats;
mod phases;
mod planning;
