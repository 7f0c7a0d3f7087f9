//! Listings that come in pages.

use std::collections::VecDeque;

use serde::de::DeserializeOwned;

use crate::error::{ForgeError, Result};
use crate::forge::{Answer, ForgeRead};
use crate::request::Get;

/// The most pages that one listing is followed for; a server that gives links
/// in a circle must not hold us for ever.
const MOST_PAGES: usize = 1000;

/// Gives the elements of a listing one by one and fetches the next page when
/// it is needed.
#[derive(Debug)]
pub struct Listing<'a, T> {
    forge: &'a dyn ForgeRead,
    next: Option<Get>,
    read: fn(&Answer) -> Result<Vec<T>>,
    ready: VecDeque<T>,
    pages: usize,
}

impl<'a, T> Listing<'a, T> {
    /// A listing whose pages `read` takes apart.
    pub(crate) fn new(
        forge: &'a dyn ForgeRead,
        get: Get,
        read: fn(&Answer) -> Result<Vec<T>>,
    ) -> Self {
        Self {
            forge,
            next: Some(get),
            read,
            ready: VecDeque::new(),
            pages: 0,
        }
    }
}

impl<T> Iterator for Listing<'_, T> {
    type Item = Result<T, ForgeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(element) = self.ready.pop_front() {
                return Some(Ok(element));
            }
            let get = self.next.take()?;
            let page = self.forge.get(&get).and_then(|answer| {
                self.pages += 1;
                if self.pages > MOST_PAGES {
                    return Err(answer.garbled(format!("more than {MOST_PAGES} pages")));
                }
                let elements = (self.read)(&answer)?;
                Ok((elements, answer.next))
            });
            match page {
                Ok((elements, next)) => {
                    self.ready = elements.into();
                    self.next = next;
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// A listing whose pages are plain lists.
pub(crate) fn all<T: DeserializeOwned>(forge: &dyn ForgeRead, get: Get) -> Listing<'_, T> {
    Listing::new(forge, get, Answer::json)
}

/// Returns the first element that `wanted` takes; looks no further.
pub fn first<T>(
    mut listing: Listing<'_, T>,
    mut wanted: impl FnMut(&T) -> bool,
) -> Result<Option<T>> {
    listing
        .find(|element| element.as_ref().map_or(true, &mut wanted))
        .transpose()
}
