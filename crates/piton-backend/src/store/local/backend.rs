//! The backend whose plans are directories. Every change is one durable
//! replacement of one file, or one rename of a directory that is complete.

use std::io;
use std::path::{Path, PathBuf};

use piton_base::{Clock, Digest};
use piton_durable::{Disk, LockGuard, create_dirs, tree, write_atomic, write_atomic_from};

use super::layout::{Layout, comment_name};
use super::record::{Record, VERSION};
use crate::header::{Edited, NewHeader, apply_patch, new_header};
use crate::store::interface::{checked_header, not_blank, same_text};
use crate::store::mark::comment_mark;
use crate::store::turn;
use crate::store::{
    Backend, BackendError, BackendRead, Change, Created, NewPlan, Noted, PlanComment, PlanId,
    Result, State, Updated, slug,
};
use crate::text::{escape_markers, plan_in_body};

/// The rule between the header and the text.
const RULE: &str = "\n\n---\n\n";

/// Plans in a directory.
#[derive(Debug)]
pub struct LocalBackend<'a> {
    pub disk: &'a dyn Disk,
    pub clock: &'a dyn Clock,
    pub layout: Layout,
    /// Held while a plan is changed.
    pub lock: PathBuf,
    /// Where that is which is not finished: a kill leaves nothing where
    /// people work.
    pub scratch: PathBuf,
    /// Who made the plans that this makes.
    pub user: String,
}

/// What becomes of a comment that is there already.
#[derive(Clone, Copy, Debug)]
enum Keep {
    AsItIs,
    Nothing,
}

impl LocalBackend<'_> {
    fn locked(&self) -> Result<LockGuard> {
        let guard = turn::take(&self.lock, self.clock, "changing a local plan")?;
        // What is there was left by somebody who was killed.
        for entry in self.disk.list(&self.scratch).unwrap_or_default() {
            remove(self.disk, &self.scratch.join(entry.name))?;
        }
        Ok(guard)
    }

    /// Writes all of a new plan where nobody takes it for one.
    fn stage(&self, at: PathBuf, parts: [(&str, &str); 2]) -> Result<PathBuf> {
        remove(self.disk, &at)?;
        for (part, text) in parts {
            write_atomic(self.disk, &at.join(part), text.as_bytes(), 0o644)?;
        }
        create_dirs(self.disk, &self.layout.root)?;
        Ok(at)
    }

    fn write(&self, path: &Path, text: &str) -> Result<()> {
        let bytes = text.as_bytes();
        Ok(write_atomic_from(
            self.disk,
            &self.scratch,
            path,
            bytes,
            0o644,
        )?)
    }

    fn change_record(&self, id: &PlanId, change: impl FnOnce(&mut Record)) -> Result<()> {
        let _guard = self.locked()?;
        self.needed(id)?;
        let before = self.record(id)?;
        let mut record = before.clone();
        change(&mut record);
        if record == before {
            return Ok(());
        }
        record.updated_at = self.clock.now();
        self.write(&self.layout.record(id), &record.render())
    }

    /// Writes a comment. One with the same key is kept, or says this from now
    /// on.
    fn put_comment(
        &self,
        id: &PlanId,
        text: &str,
        key: Option<&str>,
        keep: Keep,
    ) -> Result<String> {
        let comments = self
            .comments(id)?
            .ok_or_else(|| BackendError::NotFound(id.clone()))?;
        let mark = key.map(comment_mark);
        let there = mark.as_ref().and_then(|mark| {
            let marked = |comment: &&PlanComment| comment.body.contains(mark);
            comments.iter().find(marked).map(|there| there.id.clone())
        });
        let text = match mark {
            Some(mark) => format!("{}\n\n{mark}\n", text.trim_end()),
            None => format!("{}\n", text.trim_end()),
        };
        let dir = self.layout.comments(id);
        if let Some(there) = there {
            if let Keep::Nothing = keep {
                self.write(&dir.join(format!("{there}.md")), &text)?;
            }
            return Ok(there);
        }
        let number = comments
            .last()
            .and_then(|last| last.id.parse::<usize>().ok())
            .unwrap_or(comments.len())
            + 1;
        self.write(&comment_name(&dir, number), &text)?;
        Ok(format!("{number:04}"))
    }

    /// Gives a new plan the first free of its names, in one step.
    fn put_in_place(&self, name: &str, parts: [(&str, &str); 2]) -> Result<PlanId> {
        let root = &self.layout.root;
        let mut staged = self.stage(self.scratch.join(name), parts)?;
        let mut attempt = 1;
        loop {
            let id = match attempt {
                1 => name.to_owned(),
                _ => format!("{name}-{attempt}"),
            };
            let id: PlanId = id.parse().map_err(|error: crate::store::InvalidPlanId| {
                BackendError::Damaged(error.to_string())
            })?;
            let place = self.layout.plan(&id);
            match self.disk.rename_new(&staged, &place) {
                Ok(()) => {
                    let left = staged.parent().unwrap_or(root);
                    for dir in [root, left] {
                        self.disk.sync_dir(dir)?;
                    }
                    return Ok(id);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
                // Then it stands beside the plans, under a name that is none.
                Err(error)
                    if error.kind() == io::ErrorKind::CrossesDevices
                        && staged.starts_with(&self.scratch) =>
                {
                    staged = self.stage(root.join(format!(".new-{name}")), parts)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn created(&self, id: PlanId) -> Created {
        Created {
            url: self.layout.body(&id).display().to_string(),
            id,
            branch: None,
        }
    }
}

impl Backend for LocalBackend<'_> {
    fn create(&self, new: &NewPlan) -> Result<Created> {
        not_blank(&new.text)?;
        let _guard = self.locked()?;
        if let Some(id) = self.id_made(&new.key)? {
            return Ok(self.created(id));
        }
        let now = self.clock.now();
        let record = Record {
            version: VERSION,
            title: new.title.clone(),
            state: State::Open,
            labels: new.labels.clone(),
            author: Some(self.user.clone()),
            created_at: now,
            updated_at: now,
            key: new.key.clone(),
        };
        let header = new_header(&NewHeader {
            created_at: now,
            created_by: &self.user,
            fields: &new.fields,
        });
        let body = format!("{header}{RULE}{}\n", escape_markers(new.text.trim()));

        let mut name = slug(&new.title);
        if name.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            name = format!("plan-{name}");
        }
        let record = record.render();
        let parts = [("plan.json", record.as_str()), ("plan.md", &body)];
        Ok(self.created(self.put_in_place(&name, parts)?))
    }

    fn update_metadata(&self, id: &PlanId, change: &Change) -> Result<Updated> {
        let _guard = self.locked()?;
        let document = self.needed(id)?;
        checked_header(&document)?;
        let mut updated = Updated::of(&change.patch);
        if let Edited::Changed { text, fields } = apply_patch(&document.body, &change.patch)? {
            self.write(&self.layout.body(id), &text)?;
            updated.changed = fields;
        }
        Ok(updated)
    }

    fn replace_text(&self, id: &PlanId, text: &str, was: Option<&Digest>) -> Result<Vec<Noted>> {
        not_blank(text)?;
        let _guard = self.locked()?;
        let document = self.needed(id)?;
        same_text(id, self.text(&document)?.as_deref(), was)?;
        let body = &document.body;
        let text = escape_markers(text.trim());
        let body = match plan_in_body(body).place() {
            Some(place) => format!("{}{text}\n{}", &body[..place.start], &body[place.end..]),
            None => format!("{body}{RULE}{text}\n"),
        };
        if body != document.body {
            self.write(&self.layout.body(id), &body)?;
        }
        Ok(Vec::new())
    }

    fn add_comment(&self, id: &PlanId, text: &str, key: Option<&str>) -> Result<String> {
        let _guard = self.locked()?;
        self.put_comment(id, text, key, Keep::AsItIs)
    }

    fn set_comment(&self, id: &PlanId, key: &str, text: &str) -> Result<String> {
        let _guard = self.locked()?;
        self.put_comment(id, text, Some(key), Keep::Nothing)
    }

    fn close(&self, id: &PlanId) -> Result<()> {
        self.change_record(id, |record| record.state = State::Closed)
    }

    fn repair(&self, id: &PlanId) -> Result<Updated> {
        checked_header(&self.needed(id)?)?;
        Ok(Updated::default())
    }
}

/// Removes what a process left that died.
fn remove(disk: &dyn Disk, left: &Path) -> Result<()> {
    Ok(tree::remove(disk, left)?)
}
