//! A transaction under way.

use super::site::Site;
use super::token::Token;
use crate::disk::Disk;

/// A transaction under way, and the disk that it is on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ongoing<'a> {
    pub(crate) disk: &'a dyn Disk,
    pub(crate) site: &'a Site,
    pub(crate) token: &'a Token,
}

impl<'a> Ongoing<'a> {
    pub(crate) fn new(disk: &'a dyn Disk, site: &'a Site, token: &'a Token) -> Self {
        Self { disk, site, token }
    }
}
