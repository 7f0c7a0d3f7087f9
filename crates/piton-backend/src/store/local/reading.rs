//! Plans of a directory as they are read.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use piton_durable::{Entry, Kind};

use super::backend::LocalBackend;
use super::record::{Record, VERSION};
use crate::header::Patch;
use crate::store::{
    BackendError, BackendRead, Document, Listing, PlanComment, PlanId, PlanQuery, PlanText,
    Provider, Result,
};
use crate::text::{plan_in_body, unescape_markers};

/// How much of a file is read.
const MOST: u64 = 1 << 20;

impl LocalBackend<'_> {
    fn exists(&self, id: &PlanId) -> Result<bool> {
        if id.number().is_some() {
            return Err(BackendError::ForeignId {
                id: id.clone(),
                expected: "local plans have names, never numbers",
            });
        }
        let path = self.layout.plan(id);
        let stat = self.disk.stat(&path)?;
        Ok(stat.is_some_and(|stat| stat.kind == Kind::Dir))
    }

    fn read(&self, path: &Path) -> Result<String> {
        let bytes = self.disk.read_at_most(path, MOST)?;
        String::from_utf8(bytes)
            .map_err(|_| BackendError::Damaged(format!("{} is not UTF-8", path.display())))
    }

    pub(super) fn record(&self, id: &PlanId) -> Result<Record> {
        let path = self.layout.record(id);
        let record: Record = serde_json::from_str(&self.read(&path)?)
            .map_err(|error| BackendError::Damaged(format!("{}: {error}", path.display())))?;
        if record.version > VERSION {
            return Err(BackendError::Damaged(format!(
                "{} has the format {}, which a newer piton wrote",
                path.display(),
                record.version
            )));
        }
        Ok(record)
    }

    pub(super) fn ids(&self) -> Result<Vec<PlanId>> {
        let entries = self.entries(&self.layout.root)?;
        Ok(entries
            .into_iter()
            .filter(|entry| entry.kind == Kind::Dir)
            .filter_map(|entry| entry.name.to_str()?.parse::<PlanId>().ok())
            .filter(|id| id.number().is_none())
            .collect())
    }

    /// Returns the plan that a creation with this key made.
    pub(super) fn id_made(&self, key: &str) -> Result<Option<PlanId>> {
        for id in self.ids()? {
            match self.record(&id) {
                Ok(record) if record.key == key => return Ok(Some(id)),
                // It cannot be read, so it may be the one that is looked for.
                Err(BackendError::Disk(error)) if error.may_pass() => return Err(error.into()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(None)
    }

    /// Lists a directory that need not be there.
    fn entries(&self, dir: &Path) -> Result<Vec<Entry>> {
        match self.disk.list(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            listed => Ok(listed?),
        }
    }
}

impl BackendRead for LocalBackend<'_> {
    fn provider(&self) -> Provider {
        Provider::Local
    }

    fn document(&self, id: &PlanId) -> Result<Option<Document>> {
        if !self.exists(id)? {
            return Ok(None);
        }
        let record = self.record(id)?;
        Ok(Some(Document {
            id: id.clone(),
            title: record.title,
            body: self.read(&self.layout.body(id))?,
            state: record.state,
            url: self.layout.body(id).display().to_string(),
            labels: record.labels,
            assignees: Vec::new(),
            author: record.author,
            trusted: true,
            created_at: record.created_at,
            updated_at: record.updated_at,
            is_pull: false,
            is_draft: false,
            is_merged: false,
        }))
    }

    fn source(&self, document: &Document) -> Result<Option<PlanText>> {
        Ok(plan_in_body(&document.body).place().map(|place| PlanText {
            text: unescape_markers(document.body[place].trim()),
            author: document.author.clone(),
            trusted: true,
        }))
    }

    /// A plan that cannot be read holds up no other, unless the disk may give it
    /// back a moment later.
    fn list(&self, query: &PlanQuery) -> Result<Listing> {
        let mut listing = Listing::default();
        for id in self.ids()? {
            match self.document(&id) {
                Ok(plan) => listing.plans.extend(plan),
                Err(BackendError::Disk(error)) if error.may_pass() => return Err(error.into()),
                Err(error) => listing.unreadable.push((id, error)),
            }
        }
        listing.plans = query.of(listing.plans);
        Ok(listing)
    }

    fn comments(&self, id: &PlanId) -> Result<Option<Vec<PlanComment>>> {
        if !self.exists(id)? {
            return Ok(None);
        }
        let dir = self.layout.comments(id);
        let mut comments = Vec::new();
        for entry in self.entries(&dir)? {
            let name = entry
                .name
                .to_str()
                .and_then(|name| name.strip_suffix(".md"));
            let (Kind::File, Some(name)) = (entry.kind, name) else {
                continue;
            };
            let path = dir.join(&entry.name);
            let stat = self.disk.stat(&path)?;
            let written = stat
                .and_then(|stat| stat.modified)
                .and_then(|time| Timestamp::try_from(time).ok());
            comments.push(PlanComment {
                id: name.to_owned(),
                body: self.read(&path)?,
                author: None,
                created_at: written.unwrap_or(Timestamp::UNIX_EPOCH),
                trusted: true,
            });
        }
        Ok(Some(comments))
    }

    fn plan_of_branch(&self, branch: &str) -> Result<Option<PlanId>> {
        let mut unread = None;
        for id in self.ids()? {
            match self.document(&id) {
                Ok(Some(plan)) if plan.is_of_branch(branch) => return Ok(Some(id)),
                Ok(_) => {}
                // It may be the one that is looked for, unless another is.
                Err(error) => unread = Some(error),
            }
        }
        unread.map_or(Ok(None), Err)
    }

    fn made(&self, key: &str) -> Result<Option<Document>> {
        match self.id_made(key)? {
            Some(id) => self.document(&id),
            None => Ok(None),
        }
    }

    fn lacks(&self, _: &Document) -> Result<Patch> {
        Ok(Patch::default())
    }
}
