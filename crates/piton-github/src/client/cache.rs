//! The newest answers with their tags, so that an unchanged thing comes as 304,
//! which costs nothing of the hourly limit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How many answers are kept, and how large each may be.
const MOST: usize = 64;
const LARGEST: usize = 1 << 20;

/// What is kept of one answer.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) tag: String,
    pub(super) body: Vec<u8>,
    pub(super) link: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<String, Kept>>);

impl Cache {
    pub(super) fn get(&self, key: &str) -> Option<Kept> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).cloned()
    }

    pub(super) fn keep(&self, key: &str, answer: Kept) {
        if answer.body.len() > LARGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(key) {
            kept.clear();
        }
        kept.insert(key.to_owned(), answer);
    }
}
