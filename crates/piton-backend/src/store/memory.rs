//! Plans in memory: for tests, and stricter than the real places.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use piton_base::Digest;

use super::error::{BackendError, Result};
use super::id::{PlanId, Provider};
use super::interface::{
    Backend, BackendRead, Change, Noted, Updated, checked_header, not_blank, same_text,
};
use super::new_plan::{Created, NewPlan};
use super::plan::{Document, Listing, PlanComment, PlanQuery, PlanText, State};
use super::title::slug;
use crate::header::{Edited, NewHeader, Patch, apply_patch, new_header};
use crate::text::within_limit;

/// Plans in memory. Ids are names that no number parser takes.
#[derive(Debug, Default)]
pub struct MemoryBackend {
    plans: Mutex<BTreeMap<PlanId, Kept>>,
}

#[derive(Debug)]
struct Kept {
    document: Document,
    text: String,
    comments: Vec<PlanComment>,
    key: String,
    comment_keys: Vec<String>,
    change_keys: Vec<String>,
}

impl MemoryBackend {
    fn plans(&self) -> MutexGuard<'_, BTreeMap<PlanId, Kept>> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, id: &PlanId, change: impl FnOnce(&mut Kept) -> Result<T>) -> Result<T> {
        let mut plans = self.plans();
        let kept = plans
            .get_mut(id)
            .ok_or_else(|| BackendError::NotFound(id.clone()))?;
        let changed = change(kept)?;
        kept.document.updated_at = Timestamp::now();
        Ok(changed)
    }
}

impl BackendRead for MemoryBackend {
    fn provider(&self) -> Provider {
        Provider::Memory
    }

    fn document(&self, id: &PlanId) -> Result<Option<Document>> {
        Ok(self.plans().get(id).map(|kept| kept.document.clone()))
    }

    fn source(&self, document: &Document) -> Result<Option<PlanText>> {
        Ok(self.plans().get(&document.id).map(|kept| PlanText {
            text: kept.text.clone(),
            author: kept.document.author.clone(),
            trusted: true,
        }))
    }

    fn list(&self, query: &PlanQuery) -> Result<Listing> {
        let plans = self.plans();
        Ok(Listing {
            plans: query.of(plans.values().map(|kept| kept.document.clone())),
            unreadable: Vec::new(),
        })
    }

    fn comments(&self, id: &PlanId) -> Result<Option<Vec<PlanComment>>> {
        Ok(self.plans().get(id).map(|kept| kept.comments.clone()))
    }

    fn plan_of_branch(&self, branch: &str) -> Result<Option<PlanId>> {
        let plans = self.plans();
        let kept = plans
            .values()
            .find(|kept| kept.document.is_of_branch(branch));
        Ok(kept.map(|kept| kept.document.id.clone()))
    }

    fn made(&self, key: &str) -> Result<Option<Document>> {
        let plans = self.plans();
        let kept = plans.values().find(|kept| kept.key == key);
        Ok(kept.map(|kept| kept.document.clone()))
    }

    fn lacks(&self, _: &Document) -> Result<Patch> {
        Ok(Patch::default())
    }
}

impl Backend for MemoryBackend {
    fn create(&self, new: &NewPlan) -> Result<Created> {
        not_blank(&new.text)?;
        within_limit(&new.text)?;
        let mut plans = self.plans();
        let created = |id: &PlanId| Created {
            id: id.clone(),
            url: format!("memory://{id}"),
            branch: None,
        };
        if let Some((id, _)) = plans.iter().find(|(_, kept)| kept.key == new.key) {
            return Ok(created(id));
        }
        let now = Timestamp::now();
        let id: PlanId = format!("mem-{}-{}", plans.len() + 1, slug(&new.title))
            .parse()
            .map_err(|error: super::id::InvalidPlanId| BackendError::Damaged(error.to_string()))?;
        let document = Document {
            id: id.clone(),
            title: new.title.clone(),
            body: new_header(&NewHeader {
                created_at: now,
                created_by: "memory",
                fields: &new.fields,
            }),
            state: State::Open,
            url: format!("memory://{id}"),
            labels: new.labels.clone(),
            assignees: Vec::new(),
            author: Some("memory".to_owned()),
            trusted: true,
            created_at: now,
            updated_at: now,
            is_pull: false,
            is_draft: false,
            is_merged: false,
        };
        let kept = Kept {
            document,
            text: new.text.trim().to_owned(),
            comments: Vec::new(),
            key: new.key.clone(),
            comment_keys: Vec::new(),
            change_keys: Vec::new(),
        };
        plans.insert(id.clone(), kept);
        Ok(created(&id))
    }

    fn update_metadata(&self, id: &PlanId, change: &Change) -> Result<Updated> {
        self.with(id, |kept| {
            checked_header(&kept.document)?;
            let mut updated = Updated::of(&change.patch);
            if kept.change_keys.contains(&change.key) {
                return Ok(updated);
            }
            if let Edited::Changed { text, fields } =
                apply_patch(&kept.document.body, &change.patch)?
            {
                within_limit(&text)?;
                kept.document.body = text;
                updated.changed = fields;
            }
            kept.change_keys.push(change.key.clone());
            Ok(updated)
        })
    }

    fn replace_text(&self, id: &PlanId, text: &str, was: Option<&Digest>) -> Result<Vec<Noted>> {
        not_blank(text)?;
        within_limit(text)?;
        self.with(id, |kept| {
            same_text(id, Some(&kept.text), was)?;
            text.trim().clone_into(&mut kept.text);
            Ok(Vec::new())
        })
    }

    fn add_comment(&self, id: &PlanId, text: &str, key: Option<&str>) -> Result<String> {
        within_limit(text)?;
        self.with(id, |kept| {
            let key = key.unwrap_or_default();
            if !key.is_empty()
                && let Some(at) = kept.comment_keys.iter().position(|own| own == key)
            {
                return Ok(kept.comments[at].id.clone());
            }
            let comment = format!("c{}", kept.comments.len() + 1);
            kept.comments.push(PlanComment {
                id: comment.clone(),
                body: text.to_owned(),
                author: Some("memory".to_owned()),
                created_at: Timestamp::now(),
                trusted: true,
            });
            kept.comment_keys.push(key.to_owned());
            Ok(comment)
        })
    }

    fn set_comment(&self, id: &PlanId, key: &str, text: &str) -> Result<String> {
        let comment = self.add_comment(id, text, Some(key))?;
        self.with(id, |kept| {
            if let Some(own) = kept.comments.iter_mut().find(|own| own.id == comment) {
                text.clone_into(&mut own.body);
            }
            Ok(comment)
        })
    }

    fn close(&self, id: &PlanId) -> Result<()> {
        self.with(id, |kept| {
            kept.document.state = State::Closed;
            Ok(())
        })
    }

    fn repair(&self, id: &PlanId) -> Result<Updated> {
        self.with(id, |kept| {
            checked_header(&kept.document)?;
            Ok(Updated::default())
        })
    }
}
