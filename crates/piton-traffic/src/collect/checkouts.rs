//! Steps that check out where their names do not tell: the files of workflows
//! and actions do.

use std::collections::BTreeMap;
use std::rc::Rc;

use piton_github::endpoints::contents;
use piton_github::endpoints::runs::Run;
use piton_github::{ForgeRead, RepoName};

use super::answers::{JobSeen, StepSeen};
use super::uses::{Does, FOLDER, Uses, read};

/// So many files are read in one run of the collector, and no more.
const MOST_FILES: usize = 50;
/// So far actions that run actions are followed.
const DEEPEST: usize = 4;
/// No step makes more clones than these.
const MOST_CLONES: i64 = 100;
/// How the names begin that GitHub gives steps by itself.
const GIVEN: [&str; 6] = [
    "set up job",
    "complete job",
    "post ",
    "run ",
    "pre ",
    "initialize containers",
];

/// The files that were read so far, each revision once.
pub(super) struct Checkouts<'a> {
    forge: &'a dyn ForgeRead,
    repo: &'a RepoName,
    read: BTreeMap<Place, Option<Rc<Uses>>>,
    /// How many clones an action makes, by its folder, commit and depth.
    known: BTreeMap<(String, String, usize), i64>,
}

/// A file of a repository, at a commit.
type Place = (String, String, String);

impl<'a> Checkouts<'a> {
    pub(super) fn new(forge: &'a dyn ForgeRead, repo: &'a RepoName) -> Self {
        Self {
            forge,
            repo,
            read: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    /// Notes how many clones steps made beside those that their names tell. A
    /// file that cannot be read tells nothing.
    pub(super) fn mark(&mut self, run: &Run, jobs: &mut [JobSeen]) {
        let path = run.path.split('@').next().unwrap_or_default();
        let Some(revision) = run.head_sha.as_deref() else {
            return;
        };
        let asks = |job: &JobSeen| job.steps.iter().any(is_unclear);
        if !path.starts_with(FOLDER) || !jobs.iter().any(asks) {
            return;
        }
        let own: Vec<Rc<Uses>> = self.file(self.repo, path, revision).into_iter().collect();
        let mut with_called = None;
        for job in jobs {
            // The jobs of a called workflow bear the name of the calling one.
            let files = if asks(job) && job.name.contains(" / ") {
                with_called.get_or_insert_with(|| self.called(run, &own, revision))
            } else {
                &own
            };
            for step in job.steps.iter_mut().filter(|step| is_unclear(step)) {
                let steps = files.iter().flat_map(|file| &file.steps);
                let fitting = steps.filter(|one| one.is(&step.name));
                let clones = fitting.map(|one| self.clones(one.does(), revision, DEEPEST));
                step.clones = clones.max().unwrap_or_default();
            }
        }
    }

    /// Returns the workflow with all that it calls: those of the repository as
    /// the files name them, others as GitHub does.
    fn called(&mut self, run: &Run, own: &[Rc<Uses>], revision: &str) -> Vec<Rc<Uses>> {
        let mut files = own.to_vec();
        let (mut next, mut seen) = (0, Vec::new());
        while let Some(file) = files.get(next).cloned() {
            next += 1;
            for path in &file.calls {
                if !seen.contains(path) {
                    seen.push(path.clone());
                    files.extend(self.file(self.repo, path, revision));
                }
            }
        }
        for other in run.referenced_workflows.iter().flatten() {
            let Some((repo, path)) = place_of(&other.path) else {
                continue;
            };
            if repo != *self.repo {
                files.extend(self.file(&repo, path, &other.sha));
            }
        }
        files
    }

    /// Returns how many clones a step makes.
    fn clones(&mut self, does: Does<'_>, revision: &str, depth: usize) -> i64 {
        let folder = match does {
            Does::ChecksOut => return 1,
            Does::Runs(folder) if depth > 0 => folder,
            Does::Runs(_) | Does::Other => return 0,
        };
        let key = (folder.to_owned(), revision.to_owned(), depth);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let files = ["action.yml", "action.yaml"];
        let action = files
            .iter()
            .find_map(|file| self.file(self.repo, &format!("{folder}/{file}"), revision));
        let mut clones = 0;
        for step in action.iter().flat_map(|action| &action.steps) {
            if !step.conditional {
                clones += self.clones(step.does(), revision, depth - 1);
            }
        }
        let clones = clones.min(MOST_CLONES);
        self.known.insert(key, clones);
        clones
    }

    fn file(&mut self, repo: &RepoName, path: &str, revision: &str) -> Option<Rc<Uses>> {
        let place = (repo.to_string(), path.to_owned(), revision.to_owned());
        if let Some(known) = self.read.get(&place) {
            return known.clone();
        }
        if self.read.len() >= MOST_FILES {
            return None;
        }
        let text = contents::read(self.forge, repo, path, Some(revision)).ok();
        let uses = text.map(|text| Rc::new(read(&String::from_utf8_lossy(&text))));
        self.read.insert(place, uses.clone());
        uses
    }
}

/// Whether a step did something that its name does not tell.
fn is_unclear(step: &StepSeen) -> bool {
    step.ran() && !step.is_checkout() && has_own_name(&step.name)
}

/// An action of the repository has a name that GitHub gives, and may do anything.
fn has_own_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with("run ./") || !GIVEN.iter().any(|given| name.starts_with(given))
}

/// Reads `OWNER/NAME/.github/workflows/FILE@REF`.
fn place_of(path: &str) -> Option<(RepoName, &str)> {
    let path = path.split('@').next()?;
    let at = path.find("/.github/")?;
    let repo = path[..at].parse().ok()?;
    let path = &path[at + 1..];
    path.starts_with(FOLDER).then_some((repo, path))
}
