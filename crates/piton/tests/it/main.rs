//! The program as people and scripts meet it.
#![expect(clippy::disallowed_methods, reason = "tests arrange the real world")]

mod agent_files;
mod attacks;
mod config;
mod demo;
mod documented;
mod documents;
mod dry_runs;
mod env;
mod exec;
mod exec_crowd;
mod exec_hostile;
mod first_day;
mod house;
mod json;
mod killed;
mod migrations;
mod misbehaving;
mod planning;
mod plans;
mod plans_stored;
mod premises;
mod processes;
mod prompt;
mod pty;
mod recoveries;
mod repairs;
mod running;
mod runs;
mod secrets;
mod selftest;
mod stage;
mod stored;
mod taste;
mod terminal;
mod traffic;
