//! What stands at paths, written down: paths and bytes as they are.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use piton_base::Digest;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::print::{Print, Prints};

#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
enum What {
    Missing,
    File {
        mode: u32,
        digest: Digest,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<String>,
    },
    Dir {
        mode: u32,
    },
    Link {
        target: String,
        leads_to: Option<Digest>,
    },
    Other,
    Unreadable,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    there: What,
}

pub(super) fn serialize<S: Serializer>(prints: &Prints, to: S) -> Result<S::Ok, S::Error> {
    let entry = |(path, print): (&PathBuf, &Print)| Entry {
        path: text(path),
        there: match print {
            Print::Missing => What::Missing,
            Print::File {
                mode,
                digest,
                bytes,
            } => What::File {
                mode: *mode,
                digest: *digest,
                bytes: bytes.as_ref().map(|bytes| STANDARD.encode(bytes)),
            },
            Print::Dir { mode } => What::Dir { mode: *mode },
            Print::Link { target, leads_to } => What::Link {
                target: text(target),
                leads_to: *leads_to,
            },
            Print::Other => What::Other,
            Print::Unreadable => What::Unreadable,
        },
    };
    to.collect_seq(prints.iter().map(entry))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Prints, D::Error> {
    let wrong = D::Error::custom;
    let mut prints = Prints::new();
    for entry in Vec::<Entry>::deserialize(from)? {
        let print = match entry.there {
            What::Missing => Print::Missing,
            What::File {
                mode,
                digest,
                bytes,
            } => Print::File {
                mode,
                digest,
                bytes: bytes
                    .map(|text| STANDARD.decode(text))
                    .transpose()
                    .map_err(wrong)?,
            },
            What::Dir { mode } => Print::Dir { mode },
            What::Link { target, leads_to } => Print::Link {
                target: path(&target).map_err(wrong)?,
                leads_to,
            },
            What::Other => Print::Other,
            What::Unreadable => Print::Unreadable,
        };
        prints.insert(path(&entry.path).map_err(wrong)?, print);
    }
    Ok(prints)
}

/// A path is any bytes; they are written so that none is lost.
fn text(path: &Path) -> String {
    STANDARD.encode(path.as_os_str().as_bytes())
}

fn path(text: &str) -> Result<PathBuf, base64::DecodeError> {
    Ok(PathBuf::from(OsString::from_vec(STANDARD.decode(text)?)))
}
