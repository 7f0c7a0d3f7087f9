//! How plans on GitHub are made and changed.

use piton_base::Digest;
use piton_github::endpoints::issues;

use super::backend::{ForgeBackend, Medium};
use super::footing::number;
use crate::store::interface::{not_blank, same_text, text_digest};
use crate::store::{
    Backend, BackendError, BackendRead, Change, Created, NewPlan, Noted, PlanId, Result, State,
    Updated,
};
use crate::text::{escape_markers, plan_in_body, unescape_markers};

impl Backend for ForgeBackend<'_> {
    fn create(&self, new: &NewPlan) -> Result<Created> {
        not_blank(&new.text)?;
        match self.place {
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
        issues::edit(self.forge, &self.repo, number(id)?, edit)?;
        Ok(())
    }

    fn repair(&self, id: &PlanId) -> Result<Updated> {
        self.rebuild(id)
    }
}
