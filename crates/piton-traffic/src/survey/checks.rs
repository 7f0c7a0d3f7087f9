//! Every check of a set-up, in their fixed order.

use super::ages::Ages;
use super::finding::{Code, Findings, Group};
use super::seen::Survey;
use super::{
    actions_checks, archive_checks, config_checks, file_checks, gist_checks, state_checks,
    workflow_checks,
};
use crate::provision::{Kind, SiteFound};

/// Checks everything, in a fixed order.
pub fn examine(seen: &Survey, ages: Ages) -> Findings {
    let mut out = Findings::default();
    config_checks::check(seen, &mut out);
    gist_checks::check(seen, Kind::Badge, &mut out);
    gist_checks::check(seen, Kind::Archive, &mut out);
    state_checks::check(seen, ages, &mut out);
    archive_checks::check(seen, &mut out);
    actions_checks::check(seen, &mut out);
    workflow_checks::check(seen, &mut out);
    file_checks::check(seen, &mut out);
    pages(seen, &mut out);
    out
}

fn pages(seen: &Survey, out: &mut Findings) {
    let name = &seen.repository.to_string();
    match &seen.site {
        SiteFound::Unknown => out.skip(Group::Pages, name, "the token may not read it"),
        SiteFound::Off => out
            .warn(Group::Pages, name, "the dashboard is not published")
            .code(Code::PagesOff)
            .remedy("`piton traffic create --enable-pages` publishes it"),
        SiteFound::On(Some(source)) if source.path != "/docs" => {
            let published = format!("{} of {} is published", source.path, source.branch);
            let reason = format!("{published}, the dashboard is in /docs");
            out.warn(Group::Pages, name, reason).code(Code::PagesOff);
        }
        SiteFound::On(_) => out.ok(Group::Pages, name, "the dashboard is published"),
    }
}
