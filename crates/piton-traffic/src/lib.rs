//! Traffic tracking of a repository: provisioning, collecting, badges, archives.
