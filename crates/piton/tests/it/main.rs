//! The program as people and scripts meet it.
#![expect(clippy::disallowed_methods, reason = "tests arrange the real world")]

mod attacks;
mod config;
mod demo;
mod dry_runs;
mod env;
mod house;
mod migrations;
mod misbehaving;
mod planning;
mod plans;
mod premises;
mod prompt;
mod pty;
mod recoveries;
mod repairs;
mod runs;
mod selftest;
mod stage;
mod taste;
mod terminal;
mod traffic;
