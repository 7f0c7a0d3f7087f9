//! Kill points and forbidden things, tried on the user's own machine.
//!
//! [`crash`] kills a program at each system call that writes, and looks what
//! the next command makes of it. It knows nothing of piton but its command
//! line: what is tried stands in a table of scenarios. [`forbidden`] tries from
//! inside a seal what a sealed program must not do.

pub mod crash;
pub mod forbidden;
pub mod trace;
