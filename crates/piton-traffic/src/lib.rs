//! Traffic tracking of a repository: provisioning, collecting, badges, archives, the dashboard.

pub mod dashboard;
