//! The writing half: plans of a repository that are made and changed.

use piton_base::Digest;
use piton_github::endpoints::{issues, labels};
use piton_github::{Forge, RepoName};

use super::footing::number;
use super::read::{ForgeReader, Medium};
use super::writing::Writing;
use crate::block::add_block;
use crate::header::{HeaderFault, NewHeader, Patch, new_header};
use crate::store::interface::{checked_header, not_blank, same_text, text_digest};
use crate::store::{
    Backend, BackendError, BackendRead, Change, Created, Document, NewPlan, Noted, PlanComment,
    PlanId, PlanQuery, PlanText, Provider, State, Updated,
};
use crate::text::{escape_markers, plan_in_body, unescape_markers, within_limit};

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

    pub(super) fn known(&self, id: &PlanId) -> Result<Document, BackendError> {
        self.document(id)?
            .ok_or_else(|| BackendError::NotFound(id.clone()))
    }

    pub(super) const fn repo(&self) -> &RepoName {
        &self.reader.repo
    }
}

impl BackendRead for ForgeBackend<'_> {
    fn provider(&self) -> Provider {
        self.reader.provider()
    }

    fn document(&self, id: &PlanId) -> Result<Option<Document>, BackendError> {
        self.reader.document(id)
    }

    fn source(&self, document: &Document) -> Result<Option<PlanText>, BackendError> {
        self.reader.source(document)
    }

    fn list(&self, query: &PlanQuery) -> Result<Vec<Document>, BackendError> {
        self.reader.list(query)
    }

    fn comments(&self, id: &PlanId) -> Result<Option<Vec<PlanComment>>, BackendError> {
        self.reader.comments(id)
    }

    fn plan_of_branch(&self, branch: &str) -> Result<Option<PlanId>, BackendError> {
        self.reader.plan_of_branch(branch)
    }

    fn made(&self, key: &str) -> Result<Option<Document>, BackendError> {
        self.reader.made(key)
    }

    fn is_whole(&self, made: &Document) -> Result<bool, BackendError> {
        self.reader.is_whole(made)
    }

    fn lacks(&self, document: &Document) -> Result<Patch, BackendError> {
        self.reader.lacks(document)
    }
}

impl Backend for ForgeBackend<'_> {
    fn create(&self, new: &NewPlan) -> Result<Created, BackendError> {
        not_blank(&new.text)?;
        match self.reader.place {
            Medium::Issue => self.create_issue(new),
            Medium::DraftPull => self.create_pull(new),
        }
    }

    fn update_metadata(&self, id: &PlanId, change: &Change) -> Result<Updated, BackendError> {
        self.change_header(id, change)
    }

    fn replace_text(
        &self,
        id: &PlanId,
        text: &str,
        was: Option<&Digest>,
    ) -> Result<Vec<Noted>, BackendError> {
        not_blank(text)?;
        let document = self.known(id)?;
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

    fn set_title(&self, id: &PlanId, title: &str) -> Result<(), BackendError> {
        let current = self.known(id)?;
        if current.title == title {
            return Ok(());
        }
        let edit = issues::Edit::Title(title);
        issues::edit(self.forge, self.repo(), number(id)?, edit)?;
        Ok(())
    }

    fn add_comment(
        &self,
        id: &PlanId,
        text: &str,
        key: Option<&str>,
    ) -> Result<String, BackendError> {
        self.comment_once(id, text, key)
    }

    fn set_comment(&self, id: &PlanId, key: &str, text: &str) -> Result<String, BackendError> {
        self.comment_set(id, key, text)
    }

    fn add_label(&self, id: &PlanId, label: &str) -> Result<(), BackendError> {
        let wanted = [label.to_owned()];
        let current = self.known(id)?;
        if current.labels.contains(&wanted[0]) {
            return Ok(());
        }
        self.ensure_labels(&wanted)?;
        labels::add(self.forge, self.repo(), number(id)?, &wanted)?;
        Ok(())
    }

    fn close(&self, id: &PlanId) -> Result<(), BackendError> {
        let current = self.known(id)?;
        if current.state == State::Closed {
            return Ok(());
        }
        let edit = issues::Edit::State(State::Closed);
        issues::edit(self.forge, self.repo(), number(id)?, edit)?;
        Ok(())
    }

    fn repair(&self, id: &PlanId) -> Result<Updated, BackendError> {
        self.rebuild(id)
    }

    fn ensure_header(&self, id: &PlanId) -> Result<(), BackendError> {
        self.change_body(id, |document| match document.header() {
            Ok(_) => Ok(None),
            Err(HeaderFault::Absent) => {
                if let Err(error @ BackendError::NotAPlan { .. }) = checked_header(document) {
                    return Err(error);
                }
                let header = new_header(&NewHeader {
                    created_at: document.created_at,
                    created_by: document.author.as_deref().unwrap_or("unknown"),
                    fields: &Patch::default(),
                });
                let body = add_block(&document.body, &header);
                within_limit(&body)?;
                Ok(Some(body))
            }
            Err(fault) => Err(fault.into()),
        })?;
        Ok(())
    }
}
