//! Whose a file is that is where one of ours should be.

use piton_base::Digest;

use super::readme::readme_pristine;
use super::workflow::workflow_pristine;
use super::{DASHBOARD_PATH, ICON_PATH, README_PATH, WORKFLOW_PATH, stamp};
use crate::dashboard::{favicon, pristine_digest};

/// What a deployed file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployed {
    /// As a release of the original deployed it, and nobody changed it.
    PristineOriginal,
    /// Made by piton from the template of today, and nobody changed it.
    Current,
    /// Made by piton from an earlier template, and nobody changed it.
    Older,
    /// Made by piton, and edited since.
    Edited,
    /// Somebody's own.
    Theirs,
}

/// Pristine files of the original's releases, by their SHA-256.
const ORIGINALS: [(&str, &str); 11] = [
    (
        WORKFLOW_PATH,
        "6f4090ad390770e4dbb871184471ac1f0548179b3b8cc41b10448e1abc066fb9",
    ),
    (
        WORKFLOW_PATH,
        "0dbc59c8782d4665864b5ff411f98192913dc464e03cdb9e348ae75b2714921c",
    ),
    (
        WORKFLOW_PATH,
        "ae3dc9e72317c8e38a4a00aaf2759347304ad5bd33dccdb5a5c028adee571967",
    ),
    (
        WORKFLOW_PATH,
        "89d3edddf4b6c4af5bdb56e146805a094444970acdb434bf5d7895a3707fd1db",
    ),
    (
        WORKFLOW_PATH,
        "df7ca78f1e7ba7e7810bb4a20e62d6314166595953d3a61aba9035b7434c3f1c",
    ),
    (
        WORKFLOW_PATH,
        "8533b79d52e32903e703148e777b4c3ba2084bd3459ca9e07f1a2c1eb4978cbd",
    ),
    (
        WORKFLOW_PATH,
        "acf605fd78f95de689b04be996d1a182ff83e02ab1ac1615a84ac577ace90902",
    ),
    (
        WORKFLOW_PATH,
        "b5b182438857728ea656a2f8b5dc3d7443e5a9b1b5cdfa7ae9f8c5c7123a0f8a",
    ),
    (
        WORKFLOW_PATH,
        "507cdc9ff228080272dba653ce5f17979e4e1adbf6e68b875e0c2cc1995faaab",
    ),
    (
        README_PATH,
        "6d0288ed71acacaa9f4ce75a11b937500c4262b7c312122a64eaa7e4996a1e28",
    ),
    (
        ICON_PATH,
        "aefea0e47bb0e43eda72c3b5a5fff96047d362933f1379559c77300fa118d757",
    ),
];

/// Pristine dashboards of the original, once the values in them are put back.
const DASHBOARDS: [&str; 2] = [
    "6479e34f3ebb58555ff125e164bd6289d2dae17903a75b466067d88fba1d8db5",
    "a2aa0f6f1afc399a1983cf8539690839ebc47fd94c8833bb2137fa8581c84d85",
];

/// Says whose the bytes at one of the four paths are. Line ends do not count.
pub fn recognise(path: &str, bytes: &[u8]) -> Deployed {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let known = |text: &str| {
        let digest = Digest::of(text.as_bytes()).hex();
        ORIGINALS
            .iter()
            .any(|(of, known)| *of == path && *known == digest)
            || (path == DASHBOARD_PATH && DASHBOARDS.contains(&digest.as_str()))
    };
    let normal = match path {
        WORKFLOW_PATH => with_default_ci(&text),
        DASHBOARD_PATH => unfilled(&text),
        _ => None,
    };
    if known(&text) || normal.is_some_and(|text| known(&text)) {
        return Deployed::PristineOriginal;
    }
    let current = match path {
        WORKFLOW_PATH => workflow_pristine(),
        DASHBOARD_PATH => pristine_digest().to_owned(),
        README_PATH => readme_pristine(),
        ICON_PATH if text == favicon() => return Deployed::Current,
        _ => return Deployed::Theirs,
    };
    match stamp::read(&text) {
        None => Deployed::Theirs,
        Some(stamp) if !stamp.whole => Deployed::Edited,
        Some(stamp) if stamp.pristine == current => Deployed::Current,
        Some(_) => Deployed::Older,
    }
}

/// The original filled the names of CI workflows into one list.
fn with_default_ci(text: &str) -> Option<String> {
    let at = text.find("workflows: [")?;
    let end = at + text[at..].find(']')?;
    Some(format!("{}workflows: [\"CI\"{}", &text[..at], &text[end..]))
}

/// Puts the placeholders back into the ten places that the original filled.
fn unfilled(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for (name, value) in [
        (
            "GIST_RAW_BASE",
            "https://gist.githubusercontent.com/USER/GISTID/raw",
        ),
        ("ARCHIVE_GIST_ID", "ARCHIVEID"),
        ("REPO_OWNER", "OWNER"),
        ("REPO_NAME", "REPO"),
        ("REPO_CREATED", "2025-01-01"),
    ] {
        let at = text.find(&format!("const {name} = "))?;
        let open = at + text[at..].find(['\'', '"'])?;
        let quote = text[open..].chars().next()?;
        let close = open + 1 + text[open + 1..].find(quote)?;
        text.replace_range(open + 1..close, value);
    }
    let title = text.find("<title>")? + "<title>".len();
    let end = title + text[title..].find(" - Project Statistics")?;
    let name = text[title..end].to_owned();
    text.replace_range(title..end, "PLACEHOLDER");
    // The banner: a link to the repository, around the name.
    let banner = text
        .find(&format!(">{name}</a>"))
        .or_else(|| text.find(&name))?;
    let start = banner + text[banner..].find(&name)?;
    text.replace_range(start..start + name.len(), "PLACEHOLDER");
    let mut out = String::new();
    let mut rest = text.as_str();
    for _ in 0..3 {
        let Some(at) = rest.find("href=\"https://github.com/") else {
            break;
        };
        let start = at + "href=\"https://github.com/".len();
        let end = start + rest[start..].find('"')?;
        let releases = rest[start..end].ends_with("/releases");
        out.push_str(&rest[..start]);
        out.push_str(if releases {
            "OWNER/REPO/releases"
        } else {
            "OWNER/REPO"
        });
        rest = &rest[end..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_of_us_deployed_is_theirs() {
        for path in [WORKFLOW_PATH, DASHBOARD_PATH, README_PATH, ICON_PATH] {
            assert_eq!(recognise(path, b"mine"), Deployed::Theirs);
        }
    }
}
