//! Traffic tracking of a repository: provisioning, collecting, badges, archives,
//! the dashboard. The formats are those of ghtraf, called the original here.

pub mod collect;
pub mod dashboard;
pub mod export;
pub mod import;
pub mod install;
pub mod listing;
pub mod operation;
pub mod ordered;
pub mod provision;
pub mod settings;
pub mod state;
pub mod survey;
pub mod templates;
