//! Comments that are there once, however often they are asked for.

use piton_github::endpoints::comments;
use piton_github::{ForgeError, found};

use super::backend::ForgeBackend;
use super::footing::number;
use crate::store::{BackendError, PlanId, Result, comment_mark};
use crate::text::within_limit;

const TRIES: usize = 3;

impl ForgeBackend<'_> {
    pub(super) fn comment_once(
        &self,
        id: &PlanId,
        text: &str,
        key: Option<&str>,
    ) -> Result<String> {
        let number = number(id)?;
        let mark = key.map(comment_mark);
        let text = match &mark {
            Some(mark) => format!("{}\n\n{mark}", text.trim_end()),
            None => text.to_owned(),
        };
        within_limit(&text)?;
        let mut tries = 0;
        loop {
            tries += 1;
            if let Some(mark) = &mark
                && let Some(there) = self.marked(id, number, mark)?.first()
            {
                return Ok(there.id.to_string());
            }
            match comments::create(self.forge, &self.repo, number, &text) {
                Ok(comment) => {
                    // What was looked for and not seen may have been there all
                    // the same: of two the older one stays.
                    return match &mark {
                        Some(mark) if tries > 1 => self.oldest(id, number, mark, comment.id),
                        Some(_) | None => Ok(comment.id.to_string()),
                    };
                }
                Err(ForgeError::NotFound { .. }) => {
                    return Err(BackendError::NotFound(id.clone()));
                }
                Err(error) if mark.is_some() && error.may_have_happened() && tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Makes the comment with a key say a text.
    pub(super) fn comment_set(&self, id: &PlanId, key: &str, text: &str) -> Result<String> {
        let number = number(id)?;
        let mark = comment_mark(key);
        let Some(there) = self.marked(id, number, &mark)?.into_iter().next() else {
            return self.comment_once(id, text, Some(key));
        };
        let text = format!("{}\n\n{mark}", text.trim_end());
        within_limit(&text)?;
        if there.body != text {
            comments::edit_own(self.forge, &self.repo, there.id, &text)?;
        }
        Ok(there.id.to_string())
    }

    /// Removes all comments with a mark but the oldest.
    fn oldest(&self, id: &PlanId, number: u64, mark: &str, made: u64) -> Result<String> {
        let marked = self.marked(id, number, mark)?;
        let oldest = marked.first().map_or(made, |first| first.id);
        for comment in marked.iter().filter(|comment| comment.id != oldest) {
            comments::remove(self.forge, &self.repo, comment.id)?;
        }
        Ok(oldest.to_string())
    }

    /// Finds the comments with a mark, written by the repository's own, oldest
    /// first.
    fn marked(&self, id: &PlanId, number: u64, mark: &str) -> Result<Vec<comments::Comment>> {
        let all: Result<Vec<_>, _> = comments::list(self.forge, &self.repo, number, None).collect();
        let all = found(all)?.ok_or_else(|| BackendError::NotFound(id.clone()))?;
        let mut marked: Vec<comments::Comment> = all
            .into_iter()
            .filter(|comment| comment.body.contains(mark) && super::trust::is_trusted(comment))
            .collect();
        marked.sort_by_key(|comment| comment.id);
        Ok(marked)
    }
}
