//! A plan that is to be made.

use jiff::Timestamp;

use super::id::PlanId;
use crate::header::Patch;

/// What is known of it.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// Without the mark in brackets, which the backend puts in front.
    pub title: String,
    pub text: String,
    /// Further labels; the backend adds its own.
    pub labels: Vec<String>,
    pub fields: Patch,
    /// Whether it was learnt from another plan.
    pub learn: bool,
    /// What a pull request is about, above its plan.
    pub summary: Option<String>,
    /// Where a pull request goes; the default branch if none is given.
    pub base: Option<String>,
    /// When it was begun, which names its branch: gone on with later, it is the
    /// same. Now, if the key does not say it either.
    pub since: Option<Timestamp>,
    /// Tells this creation apart, so that it is never done twice.
    pub key: String,
}

/// Where it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    pub id: PlanId,
    pub url: String,
    pub branch: Option<String>,
}
