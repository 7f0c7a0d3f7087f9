//! `piton run`: action after action, until there is a reason to end.

mod accounts;
mod act;
mod args;
mod baseline;
mod begin;
mod bring;
mod command;
mod course;
mod drive;
mod driver;
mod ending;
mod finisher;
mod job;
mod notify;
mod once;
mod pace;
mod piece;
mod provider;
mod publish;
mod remember;
mod report;
mod settled;
mod show;
mod summary;
mod take_in;
mod tick;
mod view;

pub(crate) use command::{RunArgs, run};
pub(crate) use once::{RunOnceArgs, run as run_once};
