//! What a decision about repairs needs to know.

use std::path::PathBuf;

use piton_durable::{DiskRead, DiskResult};

use crate::consistency::{Examination, examine};
use crate::live::LiveDir;
use crate::planning::Home;
use crate::slug::Slug;

/// One migration, examined.
#[derive(Debug)]
pub struct SurveyedMigration {
    pub slug: Slug,
    pub dir: PathBuf,
    pub home: Home,
    pub examination: Examination,
}

/// Examines every migration.
pub fn survey(disk: &dyn DiskRead, live: &LiveDir) -> DiskResult<Vec<SurveyedMigration>> {
    let migrations = live.contents(disk)?.slugs.into_iter();
    Ok(migrations
        .map(|slug| SurveyedMigration {
            dir: live.migration(&slug),
            home: live.home(&slug),
            examination: examine(disk, live, &slug),
            slug,
        })
        .collect())
}
