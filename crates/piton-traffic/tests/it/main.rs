//! Traffic tracking, as users meet it.

#![expect(clippy::disallowed_methods, reason = "tests set the stage by hand")]

mod browser;
mod corrected;
mod dashboard;
mod dashboard_data;
mod hostile;
mod mending;
mod outcomes;
mod properties;
mod provision;
mod provision_gists;
mod vectors;
mod world;
mod worlds;
