//! What a decision about repairs needs to know.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Kind};

use crate::consistency::{
    Examination, Finding, Mode, check, examine, examine_transactions, has_errors,
};
use crate::json::{Value, parse};
use crate::live::{LiveDir, load_manifest};
use crate::planning::Home;
use crate::slug::Slug;

const LOCK_DIR: &str = ".lock";
const OWNER_FILE: &str = "owner.json";
const MAX_OWNER: u64 = 64 << 10;

/// The migrations directory with what is wrong in it.
#[derive(Debug)]
pub struct Survey {
    pub migrations: Vec<SurveyedMigration>,
    pub lock: Option<LockSeen>,
    pub leftovers: Vec<Leftover>,
    /// Findings about the transactions directory.
    pub findings: Vec<Finding>,
}

/// One migration, examined.
#[derive(Debug)]
pub struct SurveyedMigration {
    pub slug: Slug,
    pub dir: PathBuf,
    pub home: Home,
    pub examination: Examination,
}

/// The lock of a publish, and whether its holder lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockSeen {
    pub path: PathBuf,
    /// The process that says it holds the lock.
    pub pid: Option<u32>,
    pub holder: Holder,
}

/// Whether the holder of a lock lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Running,
    Gone,
}

/// A transaction directory that a publish left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    pub path: PathBuf,
    /// The migration as it was before the publish.
    pub rollback: Option<Part>,
    /// A candidate that was found wanting after it went live.
    pub failed: bool,
    /// Anything that is none of the three parts a publish makes.
    pub foreign: bool,
}

/// A directory inside a leftover that holds a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub path: PathBuf,
    /// Whose it is, if its manifest can be read.
    pub owner: Option<PartOwner>,
}

/// The migration that a part belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartOwner {
    pub slug: Slug,
    pub live: PathBuf,
    /// Whether the live directory exists, and whether anything blocks it.
    pub live_exists: bool,
    pub live_sound: bool,
    pub part_sound: bool,
}

/// Looks at everything. `holder` tells whether the process that left a lock
/// still runs; it is given the process id, where the lock names one.
pub fn survey(
    disk: &dyn DiskRead,
    live: &LiveDir,
    holder: &dyn Fn(Option<u32>) -> Holder,
) -> io::Result<Survey> {
    let contents = live.contents(disk)?;
    let migrations = contents
        .slugs
        .into_iter()
        .map(|slug| SurveyedMigration {
            dir: live.migration(&slug),
            home: live.home(&slug),
            examination: examine(disk, live, &slug),
            slug,
        })
        .collect();
    let mut survey = Survey {
        migrations,
        lock: None,
        leftovers: Vec::new(),
        findings: contents
            .transactions
            .map_or_else(Vec::new, |kind| examine_transactions(disk, live, kind)),
    };
    if contents.transactions == Some(Kind::Dir) {
        for entry in disk.list(&live.transactions())? {
            let path = live.transactions().join(&entry.name);
            if entry.name == LOCK_DIR {
                let pid = pid(disk, &path);
                survey.lock = Some(LockSeen {
                    path,
                    pid,
                    holder: holder(pid),
                });
            } else if entry.kind == Kind::Dir {
                survey.leftovers.push(leftover(disk, live, path)?);
            }
        }
    }
    Ok(survey)
}

fn pid(disk: &dyn DiskRead, lock: &Path) -> Option<u32> {
    let bytes = disk.read_at_most(&lock.join(OWNER_FILE), MAX_OWNER).ok()?;
    match parse(std::str::from_utf8(&bytes).ok()?).ok()? {
        Value::Object(owner) => match owner.get("pid") {
            Some(Value::Int(pid)) => pid.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

fn leftover(disk: &dyn DiskRead, live: &LiveDir, path: PathBuf) -> io::Result<Leftover> {
    let mut leftover = Leftover {
        rollback: None,
        failed: false,
        foreign: false,
        path,
    };
    for entry in disk.list(&leftover.path)? {
        match (entry.name.to_str(), entry.kind) {
            (Some("staged"), Kind::Dir) => {}
            (Some("failed"), Kind::Dir) => leftover.failed = true,
            (Some("rollback"), Kind::Dir) => {
                let path = leftover.path.join("rollback");
                leftover.rollback = Some(Part {
                    owner: owner(disk, live, &path),
                    path,
                });
            }
            _ => leftover.foreign = true,
        }
    }
    Ok(leftover)
}

fn owner(disk: &dyn DiskRead, live: &LiveDir, part: &Path) -> Option<PartOwner> {
    let slug: Slug = load_manifest(disk, part).ok()?.name().parse().ok()?;
    let home = live.migration(&slug);
    let sound = |dir: &Path| !has_errors(&check(disk, dir, &slug, Mode::PlanningSnapshot));
    Some(PartOwner {
        live_exists: disk.stat(&home).ok()?.is_some(),
        live_sound: sound(&home),
        part_sound: sound(part),
        live: home,
        slug,
    })
}
