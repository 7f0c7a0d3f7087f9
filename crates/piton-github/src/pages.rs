//! Listings that come in pages.

use std::collections::VecDeque;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::error::ForgeError;
use crate::forge::{Answer, ForgeRead};
use crate::request::Get;

/// The most pages that one listing is followed for; a server that gives links
/// in a circle must not hold us for ever.
const MOST_PAGES: usize = 1000;

/// Gives the elements of a listing one by one and fetches the next page when
/// it is needed.
pub struct Listing<'a, T> {
    forge: &'a dyn ForgeRead,
    next: Option<Get>,
    read: fn(&Answer) -> Result<Vec<T>, ForgeError>,
    ready: VecDeque<T>,
    pages: usize,
    of: PhantomData<T>,
}

impl<T> std::fmt::Debug for Listing<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl<'a, T> Listing<'a, T> {
    /// A listing whose pages `read` takes apart.
    pub fn new(
        forge: &'a dyn ForgeRead,
        get: Get,
        read: fn(&Answer) -> Result<Vec<T>, ForgeError>,
    ) -> Self {
        Self {
            forge,
            next: Some(get),
            read,
            ready: VecDeque::new(),
            pages: 0,
            of: PhantomData,
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
pub fn all<T: DeserializeOwned>(forge: &dyn ForgeRead, get: Get) -> Listing<'_, T> {
    Listing::new(forge, get, Answer::json)
}

/// A listing whose pages wrap their list in an object.
pub fn all_in<T>(
    forge: &dyn ForgeRead,
    get: Get,
    read: fn(&Answer) -> Result<Vec<T>, ForgeError>,
) -> Listing<'_, T> {
    Listing::new(forge, get, read)
}

/// Returns the first element that `wanted` takes; looks no further.
pub fn first<T>(
    listing: Listing<'_, T>,
    mut wanted: impl FnMut(&T) -> bool,
) -> Result<Option<T>, ForgeError> {
    for element in listing {
        let element = element?;
        if wanted(&element) {
            return Ok(Some(element));
        }
    }
    Ok(None)
}
