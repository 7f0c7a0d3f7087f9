//! Makes a plan in an issue: the issue, its plan comment, the header's knowledge
//! of that comment. Stopped in between, it is completed by asking again.

use piton_base::Digest;
use piton_github::endpoints::versions::{self, TextVersion};
use piton_github::endpoints::{comments, issues, people};

use super::backend::ForgeBackend;
use super::commands::{COMMANDS, commands};
use super::footing::{document, mark};
use super::trust::is_trusted;
use crate::header::{Edited, NewHeader, Patch, apply_patch, new_header};
use crate::store::interface::same_text;
use crate::store::{BackendError, BackendRead, Created, Document, NewPlan, Noted, Result};
use crate::text::{plan_in_comment, within_limit, wrap_comment};

impl ForgeBackend<'_> {
    pub(super) fn create_issue(&self, new: &NewPlan) -> Result<Created> {
        let comment = wrap_comment(&new.text);
        within_limit(&comment)?;
        let issue = match self.made(&new.key)? {
            Some(issue) => issue,
            None => self.open_issue(new)?,
        };
        let created = Created {
            id: issue.id.clone(),
            url: issue.url.clone(),
            branch: None,
        };
        self.complete_issue(&issue, new, &comment)
            .map_err(|source| BackendError::Partial {
                id: issue.id.clone(),
                missing: "its text or the header's knowledge of it",
                source: Box::new(source),
            })?;
        Ok(created)
    }

    fn open_issue(&self, new: &NewPlan) -> Result<Document> {
        let author = people::me(self.forge)?.login;
        let mut labels = vec![self.place.label().to_owned()];
        if new.learn {
            labels.push("erk-learn".to_owned());
        }
        for label in &new.labels {
            if !labels.contains(label) {
                labels.push(label.clone());
            }
        }
        self.ensure_labels(&labels)?;
        let header = new_header(&NewHeader {
            created_at: self.writing.clock.now(),
            created_by: &author,
            fields: &new.fields,
        });
        let tag = if new.learn {
            "[erk-learn]"
        } else {
            "[erk-plan]"
        };
        let asked = issues::NewIssue {
            title: format!("{tag} {}", new.title),
            body: format!("{header}\n\n{}", mark(&new.key)),
            labels,
            assignees: Vec::new(),
        };
        match issues::create(self.forge, &self.repo, &asked) {
            Ok(issue) => Ok(document(issue)),
            Err(error) if error.may_have_happened() => match self.made(&new.key)? {
                Some(issue) => Ok(issue),
                None => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    fn complete_issue(&self, issue: &Document, new: &NewPlan, comment: &str) -> Result<()> {
        let id = &issue.id;
        let number = super::footing::number(id)?;
        let there = self.plan_comment(number)?;
        let comment = match there {
            Some(comment) => comment,
            None => match comments::create(self.forge, &self.repo, number, comment) {
                Ok(comment) => comment.id,
                Err(error) if error.may_have_happened() => {
                    self.plan_comment(number)?.ok_or(error)?
                }
                Err(error) => return Err(error.into()),
            },
        };
        let known = Patch::new(vec![("plan_comment_id".to_owned(), comment.into())])?;
        let commands = commands(id);
        self.change_body(id, |document| {
            let mut body = match apply_patch(&document.body, &known)? {
                Edited::Same => document.body.clone(),
                Edited::Changed { text, .. } => text,
            };
            if !new.learn && !body.contains(COMMANDS) {
                body.push_str(&commands);
            }
            Ok((body != document.body).then_some(body))
        })?;
        Ok(())
    }

    fn plan_comment(&self, number: u64) -> Result<Option<u64>> {
        for comment in comments::list(self.forge, &self.repo, number, None) {
            let comment = comment?;
            if plan_in_comment(&comment.body).is_some() && is_trusted(&comment) {
                return Ok(Some(comment.id));
            }
        }
        Ok(None)
    }

    /// Replaces the text of a plan in the comment that holds it, and in no
    /// other.
    pub(super) fn update_comment_text(
        &self,
        document: &Document,
        text: &str,
        was: Option<&Digest>,
    ) -> Result<Vec<Noted>> {
        let id = &document.id;
        let number = super::footing::number(id)?;
        let named = document
            .header()
            .ok()
            .and_then(|header| header.number("plan_comment_id"));
        let holds = |comment: &comments::Comment| plan_in_comment(&comment.body).is_some();
        let named = match named {
            Some(id) => piton_github::found(comments::get(self.forge, &self.repo, id))?
                .filter(|comment| holds(comment) && comment.issue() == Some(number)),
            None => None,
        };
        let before = if let Some(comment) = named {
            comment
        } else {
            let found = self.plan_comment(number)?;
            let found = found.ok_or_else(|| BackendError::NoTextComment(id.clone()))?;
            comments::get(self.forge, &self.repo, found)?
        };
        same_text(id, plan_in_comment(&before.body).as_deref(), was)?;
        let wrapped = wrap_comment(text);
        within_limit(&wrapped)?;
        comments::edit_shared(self.forge, &self.repo, before.id, &wrapped)?;
        Ok(self.written_over(&before, &wrapped).into_iter().collect())
    }

    /// Looks whether somebody changed the comment between the reading and the
    /// writing of it. Where GraphQL is not to be had, nobody can tell.
    fn written_over(&self, before: &comments::Comment, written: &str) -> Option<Noted> {
        if !self.writing.may_ask_for_versions() {
            return None;
        }
        let versions = versions::of_comment(self.forge, &before.node_id).ok()?;
        let is = |edit: &TextVersion, text: &str| edit.diff.as_deref() == Some(text);
        let at = versions.iter().position(|edit| is(edit, written))?;
        let lost = versions.get(at + 1)?;
        let theirs = !is(lost, &before.body) && lost.diff.is_some();
        theirs.then(|| {
            let editor = lost.editor.as_ref();
            let login = editor.map_or("somebody", |editor| editor.login.as_str());
            Noted::Overwrote(login.to_owned())
        })
    }
}
