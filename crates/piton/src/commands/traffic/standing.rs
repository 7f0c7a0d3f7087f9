//! What the files of tracking say that stand here: written again without
//! GitHub, they keep what only GitHub or an option of before knew.

use std::path::Path;

use piton_durable::DiskRead;
use piton_github::RepoName;
use piton_traffic::provision::{is_branch, is_cron, is_secret};
use piton_traffic::survey::{local_files, schedule_in};
use piton_traffic::templates::{DASHBOARD_PATH, WORKFLOW_PATH, constant, push_branches, secret_in};

/// What is in them, as far as it can be read and used.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Where the dashboard reads the numbers.
    raw_base: Option<String>,
    pub(super) secret: Option<String>,
    pub(super) branch: Option<String>,
    pub(super) schedule: Option<String>,
}

impl Standing {
    pub(super) fn read(disk: &dyn DiskRead, top: &Path) -> Self {
        let mut all = Self::default();
        for file in local_files(disk, top) {
            match file.path {
                DASHBOARD_PATH => all.raw_base = constant(&file.text, "GIST_RAW_BASE"),
                WORKFLOW_PATH => {
                    all.secret = secret_in(&file.text).filter(|name| is_secret(name));
                    all.branch = push_branches(&file.text)
                        .into_iter()
                        .next()
                        .filter(|name| is_branch(name));
                    all.schedule = schedule_in(&file.text).filter(|line| is_cron(line));
                }
                _ => {}
            }
        }
        all
    }

    /// Returns whose the gist is, where the dashboard names it.
    pub(super) fn owner_of(&self, badge: &str) -> Option<&str> {
        let base = self.raw_base.as_deref()?;
        let path = base.strip_prefix("https://gist.githubusercontent.com/")?;
        let (owner, rest) = path.split_once('/')?;
        let is_one = rest.split('/').next() == Some(badge) && RepoName::new(owner, badge).is_ok();
        is_one.then_some(owner)
    }
}
