//! The writing half: plans of a repository that are made and changed.

use piton_base::Digest;
use piton_github::endpoints::issues;
use piton_github::{Forge, RepoName};

use super::footing::number;
use super::read::{ForgeReader, Medium};
use super::writing::Writing;
use crate::header::Patch;
use crate::store::interface::{not_blank, same_text, text_digest};
use crate::store::{
    Backend, BackendError, BackendRead, Change, Created, Document, NewPlan, Noted, PlanComment,
    PlanId, PlanQuery, PlanText, Provider, Result, State, Updated,
};
use crate::text::{escape_markers, plan_in_body, unescape_markers};

/// Plans on GitHub.
#[derive(Debug)]
pub struct ForgeBackend<'a> {
    pub(super) forge: &'a dyn Forge,
    pub(super) reader: ForgeReader<'a>,
    pub(super) writing: Writing<'a>,
}

impl<'a> ForgeBackend<'a> {
    pub fn new(forge: &'a dyn Forge, repo: RepoName, place: Medium, writing: Writing<'a>) -> Self {
        Self {
            forge,
            reader: ForgeReader { forge, repo, place },
            writing,
        }
    }

    pub(super) const fn repo(&self) -> &RepoName {
        &self.reader.repo
    }
}

impl BackendRead for ForgeBackend<'_> {
    fn provider(&self) -> Provider {
        self.reader.provider()
    }

    fn document(&self, id: &PlanId) -> Result<Option<Document>> {
        self.reader.document(id)
    }

    fn source(&self, document: &Document) -> Result<Option<PlanText>> {
        self.reader.source(document)
    }

    fn list(&self, query: &PlanQuery) -> Result<Vec<Document>> {
        self.reader.list(query)
    }

    fn comments(&self, id: &PlanId) -> Result<Option<Vec<PlanComment>>> {
        self.reader.comments(id)
    }

    fn plan_of_branch(&self, branch: &str) -> Result<Option<PlanId>> {
        self.reader.plan_of_branch(branch)
    }

    fn made(&self, key: &str) -> Result<Option<Document>> {
        self.reader.made(key)
    }

    fn is_whole(&self, made: &Document) -> Result<bool> {
        self.reader.is_whole(made)
    }

    fn lacks(&self, document: &Document) -> Result<Patch> {
        self.reader.lacks(document)
    }
}

impl Backend for ForgeBackend<'_> {
    fn create(&self, new: &NewPlan) -> Result<Created> {
        not_blank(&new.text)?;
        match self.reader.place {
            Medium::Issue => self.create_issue(new),
            Medium::DraftPull => self.create_pull(new),
        }
    }

    fn update_metadata(&self, id: &PlanId, change: &Change) -> Result<Updated> {
        self.change_header(id, change)
    }

    fn replace_text(&self, id: &PlanId, text: &str, was: Option<&Digest>) -> Result<Vec<Noted>> {
        not_blank(text)?;
        let document = self.needed(id)?;
        if !document.is_pull {
            return self.update_comment_text(&document, text, was);
        }
        let found = self.text(&document)?.unwrap_or_default();
        same_text(id, Some(&found), was)?;
        // Whoever changes the same text meanwhile is not written over unnoticed.
        let was = text_digest(&found);
        let text = escape_markers(text.trim());
        self.change_body(id, |document| {
            let place = plan_in_body(&document.body)
                .place()
                .ok_or_else(|| BackendError::NoTextComment(id.clone()))?;
            let body = &document.body;
            let changed = format!("{}{text}{}", &body[..place.start], &body[place.end..]);
            if changed == *body {
                return Ok(None);
            }
            same_text(id, Some(&unescape_markers(&body[place])), Some(&was))?;
            Ok(Some(changed))
        })
    }

    fn add_comment(&self, id: &PlanId, text: &str, key: Option<&str>) -> Result<String> {
        self.comment_once(id, text, key)
    }

    fn set_comment(&self, id: &PlanId, key: &str, text: &str) -> Result<String> {
        self.comment_set(id, key, text)
    }

    fn close(&self, id: &PlanId) -> Result<()> {
        let current = self.needed(id)?;
        if current.state == State::Closed {
            return Ok(());
        }
        let edit = issues::Edit::State(State::Closed);
        issues::edit(self.forge, self.repo(), number(id)?, edit)?;
        Ok(())
    }

    fn repair(&self, id: &PlanId) -> Result<Updated> {
        self.rebuild(id)
    }
}
