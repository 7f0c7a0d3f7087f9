//! The program as people and scripts meet it.
#![expect(clippy::disallowed_methods, reason = "tests arrange the real world")]

mod config;
mod demo;
mod env;
mod house;
mod plans;
mod prompt;
mod runs;
mod taste;
