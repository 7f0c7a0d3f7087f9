//! From a decided plan to its end: the one room that knows of a dry run.

mod again;
mod args;
mod carry_out;
mod error;
mod exit;
mod finish;
mod perform;
mod show;
pub(crate) mod site;
mod tell;

pub(crate) use self::again::was_declined;
pub(crate) use self::args::{PerformArgs, PlanArgs};
pub(crate) use self::carry_out::WHOLE;
pub(crate) use self::error::{journal_error, lost_journal};
pub(crate) use self::perform::PRUNING;
pub(crate) use self::show::plan_json;
pub(crate) use self::site::Site;
pub(crate) use self::tell::short;
