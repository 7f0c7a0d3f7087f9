//! What stands at paths, written down.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::bytes::Bytes;
use super::print::{Print, Prints};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<P> {
    path: Bytes,
    there: P,
}

pub(super) fn serialize<S: Serializer>(prints: &Prints, to: S) -> Result<S::Ok, S::Error> {
    let entry = |(path, there): (&PathBuf, _)| Entry {
        path: Bytes::of(path),
        there,
    };
    to.collect_seq(prints.iter().map(entry))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Prints, D::Error> {
    let entries = Vec::<Entry<Print>>::deserialize(from)?.into_iter();
    Ok(entries
        .map(|entry| (entry.path.into_path(), entry.there))
        .collect())
}
