//! The commands, one room each.

pub(crate) mod apply;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod exec;
pub(crate) mod init;
pub(crate) mod journal;
pub(crate) mod man;
pub(crate) mod migration;
pub(crate) mod plan;
pub(crate) mod prime;
pub(crate) mod prompt;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod selftest;
pub(crate) mod status;
pub(crate) mod taste;
pub(crate) mod traffic;
