//! Makes a plan in a draft pull request: its branch, tree and commit by
//! requests, so that nothing is checked out and nothing pushed.

use jiff::Timestamp;
use piton_github::endpoints::git::{self, NewFile};
use piton_github::endpoints::{labels, people, pulls, repository};
use piton_github::{ForgeError, found};
use serde_json::json;

use super::backend::ForgeBackend;
use super::footing::{mark, number};
use crate::header::{Field, NewHeader, Patch, new_header};
use crate::store::{BackendError, BackendRead, Created, Document, NewPlan, PlanId, Result, slug};
use crate::text::{escape_markers, has_footer, within_limit, wrap_original_plan};

/// How many names are tried for a branch.
const NAMES: u32 = 50;

impl ForgeBackend<'_> {
    pub(super) fn create_pull(&self, new: &NewPlan) -> Result<Created> {
        let plan = wrap_original_plan(&escape_markers(new.text.trim()));
        within_limit(&plan)?;
        let (document, branch) = if let Some(document) = self.made(&new.key)? {
            let branch = document
                .header()
                .ok()
                .and_then(|header| header.text("branch_name").map(str::to_owned));
            (document, branch)
        } else {
            let (document, branch) = self.open_pull(new, &plan)?;
            (document, Some(branch))
        };
        self.complete_pull(&document.id, new)
            .map_err(|source| BackendError::Partial {
                id: document.id.clone(),
                missing: "its labels or its footer",
                source: Box::new(source),
            })?;
        Ok(Created {
            id: document.id,
            url: document.url,
            branch,
        })
    }

    fn open_pull(&self, new: &NewPlan, plan: &str) -> Result<(Document, String)> {
        let author = people::me(self.forge)?.login;
        let base = match &new.base {
            Some(base) => base.clone(),
            None => repository::get(self.forge, &self.repo)?.default_branch,
        };
        let tip = git::branch(self.forge, &self.repo, &base)?.object.sha;
        let commit = self.plan_commit(new, &tip)?;
        let now = self.writing.clock.now();
        // A creation that is resumed a minute later keeps its branch.
        let begun = new.since.or_else(|| begun(&new.key)).unwrap_or(now);
        let branch = self.free_branch(&branch_name(new, begun), &commit, &new.key)?;
        let own = Patch::new(vec![("branch_name".to_owned(), json!(branch))])?;
        let stage = Patch::new(vec![("lifecycle_stage".to_owned(), json!("planned"))])?;
        let header = new_header(&NewHeader {
            created_at: now,
            created_by: &author,
            fields: &own.and(new.fields.clone()).and(stage),
        });
        let summary = new
            .summary
            .as_ref()
            .map(|summary| format!("{}\n\n", summary.trim()))
            .unwrap_or_default();
        let body = format!("{summary}{plan}\n\n{header}\n\n{}", mark(&new.key));
        within_limit(&body)?;
        let tag = if new.learn { "[erk-learn]" } else { "[erk-pr]" };
        let asked = pulls::NewPull {
            title: format!("{tag} {}", new.title),
            body,
            head: branch.clone(),
            base,
            draft: true,
        };
        let made = match pulls::create(self.forge, &self.repo, &asked) {
            Ok(pull) => self.needed(&PlanId::from(pull.number))?,
            Err(error)
                if error.may_have_happened() || matches!(error, ForgeError::Conflict { .. }) =>
            {
                self.made(&new.key)?.ok_or(error)?
            }
            Err(error) => return Err(error.into()),
        };
        Ok((made, branch))
    }

    fn plan_commit(&self, new: &NewPlan, tip: &str) -> Result<String> {
        let base = git::commit(self.forge, &self.repo, tip)?.tree.sha;
        let reference = piton_base::ascii_json(&format!(
            "{{\n  \"provider\": \"github-draft-pr\",\n  \"title\": {}\n}}",
            json!(new.title)
        ));
        let files = [
            NewFile {
                path: ".erk/impl-context/plan.md".to_owned(),
                content: new.text.clone(),
            },
            NewFile {
                path: ".erk/impl-context/ref.json".to_owned(),
                content: reference,
            },
        ];
        let tree = git::create_tree(self.forge, &self.repo, &base, &files)?.sha;
        let message = format!("Add plan: {}\n\n{}", new.title, trailer(&new.key));
        Ok(git::create_commit(self.forge, &self.repo, &message, &tree, tip)?.sha)
    }

    /// Makes the branch under the first free name. One that an earlier try
    /// made is taken as it is.
    fn free_branch(&self, name: &str, commit: &str, key: &str) -> Result<String> {
        for attempt in 1..=NAMES {
            let branch = match attempt {
                1 => name.to_owned(),
                _ => format!("{name}-{attempt}"),
            };
            match git::create_branch(self.forge, &self.repo, &branch, commit) {
                Ok(_) => return Ok(branch),
                Err(ForgeError::Conflict { .. }) if self.is_own(&branch, key)? => {
                    return Ok(branch);
                }
                Err(ForgeError::Conflict { .. }) => {}
                Err(error) if error.may_have_happened() => {
                    let there = found(git::branch(self.forge, &self.repo, &branch))?;
                    if there.is_some_and(|there| there.object.sha == commit) {
                        return Ok(branch);
                    }
                    return Err(error.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(BackendError::Damaged(format!(
            "{NAMES} branches like {name} are taken"
        )))
    }

    /// Whether an earlier try at the same plan made the branch.
    fn is_own(&self, branch: &str, key: &str) -> Result<bool> {
        let Some(there) = found(git::branch(self.forge, &self.repo, branch))? else {
            return Ok(false);
        };
        let tip = git::commit(self.forge, &self.repo, &there.object.sha)?;
        Ok(tip.message.ends_with(&trailer(key)))
    }

    fn complete_pull(&self, id: &PlanId, new: &NewPlan) -> Result<()> {
        let number = number(id)?;
        let mut wanted = vec![self.place.label().to_owned()];
        if new.learn {
            wanted.push("erk-learn".to_owned());
        }
        wanted.extend(new.labels.iter().cloned());
        self.ensure_labels(&wanted)?;
        labels::add(self.forge, &self.repo, number, &wanted)?;
        self.change_body(id, |document| {
            if has_footer(&document.body, number) {
                return Ok(None);
            }
            Ok(Some(format!("{}{}", document.body, footer(number))))
        })?;
        Ok(())
    }
}

/// What tells the commit of a plan that is made.
fn trailer(key: &str) -> String {
    format!("piton-plan: {key}")
}

/// Returns when the plan of an action was begun, whose id its key begins with.
fn begun(key: &str) -> Option<Timestamp> {
    const ID: usize = 36;
    let id = key.strip_prefix("piton-")?.get(..ID)?;
    Some(id.parse::<piton_plan::PlanId>().ok()?.at())
}

/// Returns the footer of a plan that is a pull request. It never closes itself.
fn footer(number: u64) -> String {
    format!("\n---\n\n\nCheck this PR out locally with:\n\n```\nerk slot teleport {number}\n```\n")
}

fn branch_name(new: &NewPlan, now: Timestamp) -> String {
    let objective = new
        .fields
        .sets()
        .iter()
        .find(|(field, _)| Some(*field) == Field::named("objective_issue"))
        .map(|(_, value)| format!("O{}-", value.key_text()))
        .unwrap_or_default();
    let name = format!("{objective}{}", slug(&new.title));
    let cut: String = name.chars().take(31 - "plnd/".len()).collect();
    format!(
        "plnd/{}-{}",
        cut.trim_end_matches('-'),
        now.strftime("%m-%d-%H%M")
    )
}
