//! Putting the page together: one file, whose policy allows its own script and style by their hashes.

use std::sync::LazyLock;

use base64::Engine as _;
use piton_base::Digest;
use serde_json::{Value, json};
use sha2::Sha256;

use super::escape::{html, json_block, query};
use crate::templates::{seal, stamp};

const PAGE: &str = include_str!("../../dashboard/page.html");
const STYLE: &str = include_str!("../../dashboard/style.css");
const FAVICON: &str = include_str!("../../dashboard/favicon.svg");
const SCRIPTS: [&str; 8] = [
    include_str!("../../dashboard/1-data.js"),
    include_str!("../../dashboard/2-series.js"),
    include_str!("../../dashboard/3-dom.js"),
    include_str!("../../dashboard/4-chart.js"),
    include_str!("../../dashboard/5-github.js"),
    include_str!("../../dashboard/6-tabs.js"),
    include_str!("../../dashboard/7-dev.js"),
    include_str!("../../dashboard/8-main.js"),
];

/// The script as it stands in the page: one scope, nothing global.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let mut script = String::from("\"use strict\";\n(() => {\n");
    for part in SCRIPTS {
        script.push_str(part);
    }
    script.push_str("})();\n");
    script
});

static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src 'self' data: https://img.shields.io; \
         connect-src 'self' https://gist.githubusercontent.com https://api.github.com; base-uri 'none'; form-action 'none'",
        hash(&SCRIPT),
        hash(STYLE),
    )
});

fn hash(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(<Sha256 as sha2::Digest>::digest(text))
}

/// Where the numbers of one repository are.
///
/// The names in the page are those of the dashboards before this one, so a
/// tool that reads or writes them finds them.
#[derive(Clone, Debug)]
pub struct Source {
    pub title: String,
    pub gist_raw_base: String,
    pub archive_gist_id: String,
    pub owner: String,
    pub name: String,
    pub created: String,
}

impl Source {
    fn constants(&self) -> Value {
        json!({
            "GIST_RAW_BASE": self.gist_raw_base,
            "ARCHIVE_GIST_ID": self.archive_gist_id,
            "REPO_OWNER": self.owner,
            "REPO_NAME": self.name,
            "REPO_CREATED": self.created,
            "title": self.title,
        })
    }
}

/// What a page is made from.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The repository that the page is about.
    pub source: &'a Source,
    /// Further repositories that it can show.
    pub others: &'a [Source],
    /// Data put into the page itself, by `OWNER/REPO`; it is then read from
    /// there and not from the gists.
    pub held: Option<&'a Value>,
}

/// Renders the page. The same page always gives the same bytes.
pub fn render(page: &Page<'_>) -> String {
    let source = page.source;
    let mut constants = source.constants();
    if !page.others.is_empty() {
        constants["REPOSITORIES"] = page.others.iter().map(Source::constants).collect();
    }
    let base = source.gist_raw_base.trim_end_matches('/');
    let badges = ["installs", "downloads", "clones", "views"].map(|name| {
        let badge = query(&format!("{base}/{name}.json"));
        format!("<img src=\"https://img.shields.io/endpoint?url={badge}\" alt=\"{name}\">")
    });
    let data = page.held.map_or_else(String::new, |held| {
        format!(
            "<script type=\"application/json\" id=\"held\">{}</script>\n",
            json_block(held)
        )
    });
    let link = format!("https://github.com/{}/{}", source.owner, source.name);
    let stamp = stamp("dashboard", pristine_digest());
    seal(&fill(
        PAGE,
        &[
            ("policy", &POLICY),
            ("title", &html(&source.title)),
            ("stamp", &stamp),
            ("style", STYLE),
            ("link", &html(&link)),
            ("badges", &badges.join(" ")),
            ("state", &html(&format!("{base}/state.json"))),
            ("constants", &json_block(&constants)),
            ("data", &data),
            ("script", &SCRIPT),
        ],
    ))
}

/// Replaces each `{{name}}` once over the template. What is filled in is
/// never looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + STYLE.len() + SCRIPT.len() + 4096);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}") {
            Some((name, after)) => {
                let value = values.iter().find(|(known, _)| *known == name);
                out.push_str(value.map_or("", |(_, value)| value));
                rest = after;
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

/// The icon beside the page.
pub fn favicon() -> &'static str {
    FAVICON
}

/// The digest that recognises a page made from this template, whatever was
/// filled in.
pub(crate) fn pristine_digest() -> &'static str {
    static DIGEST: LazyLock<String> =
        LazyLock::new(|| Digest::of_parts([PAGE, STYLE, SCRIPT.as_str()].map(str::as_bytes)).hex());
    &DIGEST
}
