//! Traffic tracking of a repository: provisioning, collecting, badges, archives, the dashboard.

pub mod collect;
pub mod dashboard;
pub mod ordered;
pub mod state;
