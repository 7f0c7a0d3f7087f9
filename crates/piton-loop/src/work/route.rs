//! The questions before a clean-up: how far does the target reach, and is it
//! one change or a migration?

use std::collections::BTreeSet;
use std::path::Path;

use piton_agent::CallRole;
use piton_durable::{Kind, write_atomic};
use piton_migration::live::LiveDir;
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::own::{OWN_FILE, Target as Noted};
use piton_migration::planning::STATE_FILE;
use piton_migration::slug::Slug;
use serde_json::json;

use super::accepted::Accepted;
use super::call::{self, Around, Ask, Called};
use super::failure::{Halt, OrTrouble as _, WorkFailure};
use super::guarded;
use super::hooks;
use super::message::Trailers;
use super::note::commit_files;
use super::source_piece::SourcePiece;
use super::start;
use super::territory::is_settings;
use super::workplace::Workplace;
use crate::clock::local_stamp;
use crate::commit;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::guard::UserTree;
use crate::planning::snapshot::Snapshot;
use crate::prompts::{CandidateBrief, WorkAbout};
use crate::replies::{Route, ScopeSelection};
use crate::routing::{Candidate, Surroundings, aliases, candidates, mentions};
use crate::targets::Target;

/// How many commits tell which files change together.
const COMMITS: u32 = 20;
/// Longer texts are not searched.
const LONGEST: u64 = 1 << 20;

/// Which way a target goes.
pub(super) enum Routed {
    /// One change, of this target. The user's working tree was this before the
    /// questions, and is to be looked at after the work; where it is not known
    /// it was looked at.
    CleanUp {
        target: Target,
        tree: Option<UserTree>,
    },
    /// A migration was begun; its plan is made by later actions.
    Migration(Accepted),
}

/// Asks. The agent writes nothing that counts.
pub(super) fn of(
    at: &Workplace<'_, '_>,
    piece: &SourcePiece,
    effort: &EffortResolution,
) -> Result<Routed, Halt> {
    let mut asking = Asking {
        at,
        piece,
        effort,
        tree: None,
    };
    let routed = asking.route();
    // It was only asked to read, so what it did to the files is dropped.
    let taken_back = at.slot.take_back(at.shop.disk);
    taken_back.or_trouble(CallRole::Classify)?;
    let tree = asking.tree.take();
    if let (Err(_) | Ok(Way::Migration { .. }), Some(tree)) = (&routed, &tree) {
        guarded::look_after(at.shop, at.run, CallRole::Classify, tree)?;
    }
    match routed? {
        Way::CleanUp(target) => Ok(Routed::CleanUp { target, tree }),
        Way::Migration { target, called } => asking
            .begin_migration(&target, &called)
            .map(Routed::Migration),
    }
}

/// What was answered.
enum Way {
    CleanUp(Target),
    Migration { target: Target, called: Box<Called> },
}

struct Asking<'a, 'd> {
    at: &'a Workplace<'a, 'd>,
    piece: &'a SourcePiece,
    effort: &'a EffortResolution,
    /// The user's working tree before the questions, where it is still to be
    /// looked at.
    tree: Option<UserTree>,
}

impl Asking<'_, '_> {
    fn route(&mut self) -> Result<Way, Halt> {
        let role = CallRole::Classify;
        let target = self.widen()?;
        let about = WorkAbout::Classify {
            target: self.piece.brief(&target),
        };
        let called = self.ask(role, about)?;
        let route = Route::parse(&called.reply.text).map_err(|error| odd(role, &called, &error))?;
        self.at.run.note(format!("goes as {route}"));
        Ok(match route {
            Route::CohesiveCleanup => Way::CleanUp(target),
            Route::NeedsPlan => Way::Migration {
                target,
                called: Box::new(called),
            },
        })
    }

    /// Asks one question; another call follows.
    fn ask(&mut self, role: CallRole, about: WorkAbout<'_>) -> Result<Called, Halt> {
        let ask = Ask {
            target: &self.piece.target.description,
            prompt: self.at.shop.prompt(about, None).or_trouble(role)?,
            around: Around::followed(self.tree.take()),
            ..Ask::of(self.at.shop, role, self.effort)
        };
        let mut called = call::ask(self.at, ask)?;
        self.tree = called.tree.take();
        Ok(called)
    }

    /// Widens a target of one file to what belongs with it.
    fn widen(&mut self) -> Result<Target, Halt> {
        let target = &self.piece.target;
        let bypass = match target.files.as_slice() {
            [] => Some("the target has no file"),
            [_] => None,
            [_, ..] => Some("the target names its files"),
        };
        if let Some(why) = bypass {
            self.record(Some(why), &[], None);
            return Ok(target.clone());
        }
        let role = CallRole::ScopeExpansion;
        let around = self.surroundings(&target.files[0]).or_trouble(role)?;
        let offered = candidates(&around);
        if offered.len() < 2 {
            self.record(None, &offered, None);
            return Ok(target.clone());
        }
        let about = WorkAbout::ScopeSelection {
            target: self.piece.brief(target),
            candidates: offered.iter().map(brief_of).collect(),
        };
        let called = self.ask(role, about)?;
        let kinds: Vec<_> = offered.iter().map(|one| one.kind).collect();
        let chosen = ScopeSelection::parse(&called.reply.text, &kinds)
            .map_err(|error| odd(role, &called, &error))?;
        self.record(None, &offered, Some(&chosen));
        self.at.run.note(format!("reaches as {}", chosen.kind));
        let files = offered
            .into_iter()
            .find(|one| one.kind == chosen.kind)
            .map_or_else(|| target.files.clone(), |one| one.files);
        Ok(Target {
            files,
            ..target.clone()
        })
    }

    fn surroundings(&self, seed: &str) -> Result<Surroundings, piton_git::GitError> {
        let Workplace { shop, slot, .. } = self.at;
        let (repository, base) = (shop.repository, &self.at.start.base);
        let migrations = Path::new(shop.site.migrations());
        let mut tracked = match slot.names(shop.disk) {
            Some(names) => names,
            None => repository.all_names_at(base)?,
        };
        tracked.retain(|path| {
            let path = Path::new(path);
            !path.starts_with(migrations) && !is_settings(path)
        });
        if !tracked.iter().any(|path| path == seed) {
            return Ok(Surroundings {
                seed: seed.to_owned(),
                ..Surroundings::default()
            });
        }
        let names = aliases(seed);
        let there: BTreeSet<&String> = tracked.iter().collect();
        let speaking_of_it = repository
            .holding(base, &names)?
            .into_iter()
            .filter(|path| there.contains(path) && path != seed)
            .filter(|path| mentions(&self.text(path), &names))
            .collect();
        let mut together = repository.changed_with(base, seed, COMMITS)?;
        // History names files that are gone.
        together.retain(|path, _| there.contains(path));
        Ok(Surroundings {
            seed: seed.to_owned(),
            seed_text: self.text(seed),
            speaking_of_it,
            together,
            tracked,
        })
    }

    fn text(&self, path: &str) -> String {
        let disk = self.at.shop.disk;
        let file = self.at.slot.dir().join(path);
        let is_file = matches!(disk.stat(&file), Ok(Some(stat)) if stat.kind == Kind::File);
        let bytes = is_file.then(|| disk.read_at_most(&file, LONGEST).unwrap_or_default());
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    }

    /// Keeps what was to choose from. It is evidence: without it the choice is
    /// the same.
    fn record(&self, bypass: Option<&str>, offered: &[Candidate], chosen: Option<&ScopeSelection>) {
        let candidates: Vec<_> = offered
            .iter()
            .map(|one| {
                json!({
                    "kind": one.kind,
                    "files": one.files,
                    "evidence": one.evidence,
                    "validation_surfaces": one.surfaces,
                })
            })
            .collect();
        let target = &self.piece.target;
        let document = json!({
            "target": {"description": target.description, "files": target.files},
            "bypass_reason": bypass,
            "candidates": candidates,
            "selection": chosen.map(|it| json!({"kind": it.kind, "reason": it.reason})),
        });
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        let file = self.at.run.dir().path().join(format!(
            "scope-expansion/variants-{:03}.json",
            self.at.start.attempt
        ));
        let _ = write_atomic(self.at.shop.disk, &file, text.as_bytes(), 0o600);
    }

    /// Makes the commit that a migration begins with.
    fn begin_migration(&self, target: &Target, called: &Called) -> Result<Accepted, Halt> {
        let (at, piece) = (self.at, self.piece);
        let Workplace { shop, run, .. } = at;
        let role = CallRole::Classify;
        let slug = self.free_slug(&target.description);
        let noted = Noted {
            description: target.description.clone(),
            provenance: target.provenance,
            files: target.files.clone(),
            scope: (target.scoping.clone()).or_else(|| piece.scope.clone()),
        };
        let begun = Snapshot::start(&slug, noted, local_stamp(shop.clock));
        let files = [
            (MANIFEST_FILE, begun.manifest.encode()),
            (STATE_FILE, begun.state.encode()),
            (OWN_FILE, begun.own.encode()),
        ];
        let subject = commit::new_migration_subject(shop.prefix, slug.as_str());
        let about = Trailers {
            migration: Some(slug.to_string()),
            ..Trailers::default()
        };
        let trailers = called.trailers(shop, run, self.effort, about);
        let message = trailers.under(&commit::message(&subject, &target.description, None));
        let proposed = commit_files(at, role, &slug, &files, &message)?;
        let proposed = proposed.ok_or_else(|| {
            let relative = shop.site.relative(&slug);
            let why = format!("git ignores {relative}, so a migration there cannot land");
            Halt::from(WorkFailure::again(role, FailureKind::PlanningBlocked, why))
        })?;
        let commit = hooks::before(at, &proposed, role)?;
        let accepted = Accepted {
            slug: Some(slug.to_string()),
            files: piece.target.files.clone(),
            ..at.start.led_to(run, commit, subject)
        };
        start::hold(shop, role, accepted)
    }

    /// Returns a short name that no migration has, here or in the commit, in
    /// upper or lower case.
    fn free_slug(&self, description: &str) -> Slug {
        let short = Slug::short(description);
        let taken = |slug: &Slug| {
            let Workplace { shop, slot, .. } = self.at;
            let below = shop.site.relative(slug);
            [slot.dir(), shop.site.root()].into_iter().any(|root| {
                let there = shop.disk.stat(&root.join(&below));
                let alike = LiveDir::new(root, shop.site.migrations()).alike(shop.disk, slug);
                // What cannot be looked at may be there.
                there.map_or(true, |it| it.is_some()) || alike.map_or(true, |it| it.is_some())
            })
        };
        let mut number = 1;
        let mut slug = short.clone();
        while taken(&slug) && number < 1_000 {
            number += 1;
            slug = short.numbered(number);
        }
        slug
    }
}

fn brief_of(candidate: &Candidate) -> CandidateBrief<'_> {
    CandidateBrief {
        kind: candidate.kind,
        files: candidate.files.iter().map(String::as_str).collect(),
        evidence: candidate.evidence.clone(),
        surfaces: candidate.surfaces.iter().map(String::as_str).collect(),
    }
}

/// An answer that cannot be used fails this action, and nothing else.
fn odd(role: CallRole, called: &Called, error: &dyn std::error::Error) -> Halt {
    let story = piton_base::on_one_line(error);
    let halt = Halt::from(WorkFailure::again(
        role,
        FailureKind::AgentInfraFailure,
        story,
    ));
    halt.heard_in(&called.files)
}
