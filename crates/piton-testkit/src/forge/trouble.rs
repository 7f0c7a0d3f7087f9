//! What a fault does to the request that it meets.

use std::time::Duration;

use super::fault::FaultKind;
use super::http::Response;
use super::shared::{Shared, hold};

/// What a fault does to a request that it meets.
pub(super) enum Met {
    Instead(Response),
    Drop,
    Slow(Duration),
    Stale(usize),
    After(After),
}

pub(super) enum After {
    Drop,
    Cut,
    Slow(Duration),
    Status(u16),
}

impl Shared {
    pub(super) fn meet(&self, method: &str, path: &str) -> Option<Met> {
        let mut faults = hold(&self.faults);
        let fault = faults
            .iter_mut()
            .find_map(|fault| fault.meets(method, path).then_some(fault))?;
        let wait = |seconds: u32| vec![("Retry-After".to_owned(), seconds.to_string())];
        Some(match &mut fault.kind {
            FaultKind::Status(status, message) => {
                Met::Instead(self.plain(*status, message, Vec::new()))
            }
            FaultKind::StatusAfter(status) => Met::After(After::Status(*status)),
            FaultKind::Drop => Met::Drop,
            FaultKind::DropAfter => Met::After(After::Drop),
            FaultKind::Cut => Met::After(After::Cut),
            FaultKind::Slow(length) => Met::Slow(*length),
            FaultKind::SlowAfter(length) => Met::After(After::Slow(*length)),
            FaultKind::Secondary(seconds) => Met::Instead(self.plain(
                403,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                wait(*seconds),
            )),
            FaultKind::Primary(seconds) => {
                let reset = self.now().as_second() + i64::from(*seconds);
                Met::Instead(self.plain(
                    403,
                    "API rate limit exceeded for user ID 583231.",
                    vec![
                        ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
                        ("x-ratelimit-reset".to_owned(), reset.to_string()),
                    ],
                ))
            }
            FaultKind::Stale(changes) => Met::Stale(*changes),
            FaultKind::Html => Met::Instead(Response {
                status: 200,
                headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
                body: b"<!DOCTYPE html><title>Unicorn!</title>".to_vec(),
            }),
            FaultKind::Redirect(status, to) => Met::Instead(self.plain(
                *status,
                "Moved",
                vec![("Location".to_owned(), to.clone())],
            )),
            FaultKind::Before(change) => {
                let mut world = hold(&self.world);
                self.remember(&world);
                change(&mut world);
                return None;
            }
        })
    }
}
