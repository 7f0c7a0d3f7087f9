//! The publisher.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use piton_durable::transaction::{CommitIntent, Replaced, Request, TransactionError, stage};
use piton_durable::{LivePath, LockError, Site, TreeDigest, tree};
use piton_git::{Holds, Tip};

use super::committer::GitCommitter;
use super::dirty;
use super::env::PublishEnv;
use super::inside::{EnterError, Inside};
use super::notice::Notice;
use super::original::is_waiting;
use super::published::Published;
use super::refusal::{Cause, PublishRefusal, Stage};
use super::request::PublishRequest;
use crate::consistency::{self, LOCK_DIR, has_errors};
use crate::slug::Slug;

/// Publishes candidates, and recovers what was interrupted.
#[derive(Clone, Debug)]
pub struct Publisher<'a> {
    env: PublishEnv<'a>,
    site: Site,
}

impl<'a> Publisher<'a> {
    pub fn new(env: PublishEnv<'a>) -> Self {
        let site = env.site();
        Publisher { env, site }
    }

    /// Brings to its end whatever dead processes left, and says what it did.
    /// Every command that writes calls this first; where nothing is left it
    /// takes no lock and costs two looks at the disk.
    ///
    /// A dead process may hold the lock for a moment longer, so it is waited for,
    /// as a publish waits. Whoever is inside for longer than that is alive, and
    /// what it began is left to it.
    pub fn recover(&self) -> Result<Vec<Notice>, EnterError> {
        let mut notices = Vec::new();
        if !self.is_anything_begun() {
            return Ok(notices);
        }
        match Inside::enter(&self.env, &self.site, "recovery", &mut notices) {
            Ok(inside) => inside.leave(&self.env)?,
            Err(EnterError::Locked(LockError::Held { .. })) => {}
            Err(error) => return Err(error),
        }
        Ok(notices)
    }

    /// Whether a writer, living or dead, has left anything here.
    fn is_anything_begun(&self) -> bool {
        // If it cannot be looked at, there may be something.
        let names = |dir: &Path| self.env.disk.list_if_there(dir);
        let begun = names(&self.site.transactions());
        if begun.map_or(true, |begun| !begun.is_empty()) || self.env.git.is_anything_left() {
            return true;
        }
        let beside = &self.site.beside;
        match names(beside).as_deref() {
            Ok([]) => !matches!(self.env.disk.stat(beside), Ok(None)),
            Ok([only]) if only.name == LOCK_DIR => !is_waiting(&self.env),
            Ok(_) | Err(_) => true,
        }
    }

    /// Makes a candidate live and commits it, or leaves everything as it was.
    pub fn publish(&self, request: &PublishRequest) -> Result<Published, Box<PublishRefusal>> {
        let mut traces = Traces::default();
        match self.attempt(request, &mut traces) {
            Ok((digest, commit)) => Ok(Published {
                digest,
                commit,
                recovered: traces.recovered,
                unclean: traces.unclean,
            }),
            Err(cause) => Err(Box::new(PublishRefusal {
                cause,
                kept: traces.kept,
                unclean: traces.unclean,
            })),
        }
    }

    /// Returns what is live now, and the commit that was made of it.
    fn attempt(
        &self,
        request: &PublishRequest,
        traces: &mut Traces,
    ) -> Result<(TreeDigest, Option<String>), Cause> {
        let live = self.place(request)?;
        let what = format!("publish of {} ({})", request.slug, request.operation);
        let inside = Inside::enter(&self.env, &self.site, &what, &mut traces.recovered)?;
        let outcome = self.locked(request, live, traces);
        traces.note(inside.leave(&self.env));
        outcome
    }

    /// Refuses what could not be right whoever else is at work.
    fn place(&self, request: &PublishRequest) -> Result<LivePath, Cause> {
        let workspace = &request.workspace;
        if workspace.file_name() != Some(request.slug.as_str().as_ref()) {
            return Err(Cause::WrongName {
                workspace: workspace.clone(),
                slug: request.slug.clone(),
            });
        }
        let resolved = |path: &Path| self.env.disk.resolve(path).unwrap_or(path.to_owned());
        let live = self.env.live.path();
        if workspace.starts_with(live) || resolved(workspace).starts_with(resolved(live)) {
            return Err(Cause::InsideLive {
                workspace: workspace.clone(),
            });
        }
        self.relative(&request.slug)
    }

    /// Runs with both locks held.
    fn locked(
        &self,
        request: &PublishRequest,
        live: LivePath,
        traces: &mut Traces,
    ) -> Result<(TreeDigest, Option<String>), Cause> {
        let disk = self.env.disk;
        let commit = self.commit_intent(request, &live)?;
        let candidate = tree::walk(disk, &request.workspace).map_err(Cause::Unfit)?;
        if candidate.is_none() {
            return Err(Cause::WrongName {
                workspace: request.workspace.clone(),
                slug: request.slug.clone(),
            });
        }
        self.check(request, Stage::Workspace, &request.workspace)?;

        let wanted = Request {
            live,
            candidate: request.workspace.clone(),
            base: request.base.clone(),
            operation: request.operation.clone(),
            commit,
        };
        let staged = stage(disk, &self.site, self.env.token(), wanted)
            .map_err(|error| refused(request, error))?;
        if let Err(cause) = self.check(request, Stage::Staged, &staged.path()) {
            traces.note(staged.discard(disk));
            return Err(cause);
        }

        let replaced = staged
            .replace(disk)
            .map_err(|error| refused(request, error))?;
        self.settle(request, replaced, traces)
    }

    /// Checks and commits what is live now, or puts back what was.
    fn settle(
        &self,
        request: &PublishRequest,
        mut replaced: Replaced,
        traces: &mut Traces,
    ) -> Result<(TreeDigest, Option<String>), Cause> {
        let disk = self.env.disk;
        let checked = self
            .check(request, Stage::Live, &replaced.path())
            .and_then(|()| {
                replaced
                    .commit(disk, &GitCommitter(&self.env))
                    .map_err(Cause::Commit)
            });
        match checked {
            Ok(commit) => {
                // What was committed, with what hooks changed before it. What one
                // changes afterwards is a deviation.
                let digest = replaced.digest().clone();
                traces.note(replaced.finish(disk));
                Ok((digest, commit))
            }
            Err(cause) => {
                let undone = replaced
                    .undo(disk, &cause.story())
                    .map_err(Cause::Transaction)?;
                traces.kept = undone.kept.into_iter().next();
                Err(cause)
            }
        }
    }

    fn commit_intent(
        &self,
        request: &PublishRequest,
        live: &LivePath,
    ) -> Result<Option<CommitIntent>, Cause> {
        self.refuse_dirty(&request.slug)?;
        let Some(message) = &request.commit else {
            return Ok(None);
        };
        let tip = self.tip(request)?;
        Ok(Some(CommitIntent {
            message: message.clone(),
            paths: vec![live.clone()],
            branch: tip.branch().map(str::to_owned),
            tip: tip.commit.map(|commit| commit.to_string()),
        }))
    }

    /// Makes sure that HEAD is where the candidate belongs.
    fn tip(&self, request: &PublishRequest) -> Result<Tip, Cause> {
        let git = self.env.git;
        if let Some(under_way) = git.under_way().map_err(Cause::Git)? {
            return Err(Cause::UnderWay(under_way));
        }
        let found = git.tip().map_err(Cause::Git)?;
        let Some(wanted) = &request.tip else {
            return Ok(found);
        };
        let holds = wanted.held_by(&found, |later, earlier| git.contains(later, earlier));
        match holds.map_err(Cause::Git)? {
            Holds::Still => Ok(found),
            Holds::Elsewhere => {
                let wanted = wanted.clone();
                Err(Cause::Elsewhere { wanted, found })
            }
            Holds::Rewritten => {
                let wanted = wanted.clone();
                Err(Cause::Rewritten { wanted })
            }
        }
    }

    fn refuse_dirty(&self, slug: &Slug) -> Result<(), Cause> {
        let live = self.relative(slug)?;
        let paths = dirty::look(self.env.git, live.as_path()).map_err(Cause::Git)?;
        if paths.is_empty() {
            return Ok(());
        }
        Err(Cause::Dirty {
            slug: slug.clone(),
            paths,
        })
    }

    fn check(&self, request: &PublishRequest, stage: Stage, dir: &Path) -> Result<(), Cause> {
        let findings = consistency::check(self.env.disk, dir, &request.slug, request.mode);
        if has_errors(&findings) {
            return Err(Cause::Findings { stage, findings });
        }
        Ok(())
    }

    fn relative(&self, slug: &Slug) -> Result<LivePath, Cause> {
        let path = self.env.live.migration(slug);
        path.strip_prefix(&self.site.root)
            .unwrap_or(&path)
            .to_string_lossy()
            .parse()
            .map_err(Cause::Place)
    }
}

/// Tells whether interrupted publishes left anything.
pub trait Leftovers: Debug + Sync {
    /// Looks whether there is anything that recovery would touch: a
    /// transaction, or more at the original's place than the lock of a
    /// process that lives.
    fn is_anything_left(&self) -> bool;
}

impl Leftovers for Publisher<'_> {
    fn is_anything_left(&self) -> bool {
        // What a living writer has begun is no wreckage; whoever comes after
        // it recovers inside, before anything else.
        !self.env.gate.is_taken() && self.is_anything_begun()
    }
}

fn refused(request: &PublishRequest, error: TransactionError) -> Cause {
    match error {
        TransactionError::StaleBase { base, found, .. } => Cause::Stale {
            slug: request.slug.clone(),
            base,
            found,
        },
        error => Cause::Transaction(error),
    }
}

/// What a publish leaves beside its end.
#[derive(Default)]
struct Traces {
    recovered: Vec<Notice>,
    kept: Option<PathBuf>,
    unclean: Option<String>,
}

impl Traces {
    /// Notes what could not be cleaned up.
    fn note<E: std::error::Error>(&mut self, cleaned: Result<(), E>) {
        if let Err(error) = cleaned {
            let told = piton_base::on_one_line(&error);
            self.unclean = Some(match self.unclean.take() {
                Some(earlier) => format!("{earlier}; {told}"),
                None => told,
            });
        }
    }
}
