//! Comments that are there once, however often they are asked for.

use piton_github::endpoints::comments;
use piton_github::{ForgeError, found};

use super::footing::number;
use super::write::ForgeBackend;
use crate::store::{BackendError, PlanId, comment_mark};
use crate::text::within_limit;

const TRIES: usize = 3;

impl ForgeBackend<'_> {
    pub(super) fn comment_once(
        &self,
        id: &PlanId,
        text: &str,
        key: Option<&str>,
    ) -> Result<String, BackendError> {
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
                && let Some(there) = self.marked(id, number, mark)?
            {
                return Ok(there);
            }
            match comments::create(self.forge, self.repo(), number, &text) {
                Ok(comment) => return Ok(comment.id.to_string()),
                Err(ForgeError::NotFound { .. }) => {
                    return Err(BackendError::NotFound(id.clone()));
                }
                Err(error) if mark.is_some() && error.may_have_happened() && tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Finds the comment with a mark, written by one of the repository's own.
    fn marked(&self, id: &PlanId, number: u64, mark: &str) -> Result<Option<String>, BackendError> {
        let all: Result<Vec<_>, _> =
            comments::list(self.forge, self.repo(), number, None).collect();
        let all = found(all)?.ok_or_else(|| BackendError::NotFound(id.clone()))?;
        Ok(all
            .iter()
            .find(|comment| comment.body.contains(mark) && super::read::is_trusted(comment))
            .map(|comment| comment.id.to_string()))
    }
}
