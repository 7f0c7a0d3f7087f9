//! The digest of a directory.
//!
//! The bytes that are hashed are fixed by the tools that compare these digests
//! with ours; see `docs/design/publishing.md`.

use std::path::Path;
use std::str::FromStr;

use piton_base::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk::DiskRead;
use crate::tree::{self, Node, NodeKind, TreeError};

const HEADER: &[u8] = b"continuous-refactoring-tree-v1\n";

/// What a directory contains, in 64 hexadecimal digits: names, modes and
/// bytes, but neither times nor owners.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TreeDigest(String);

impl TreeDigest {
    /// Computes the digest of the directory at `root`, which may be missing.
    pub fn of(disk: &dyn DiskRead, root: &Path) -> Result<Self, TreeError> {
        let Some(tree) = tree::walk(disk, root)? else {
            return Ok(Self::missing());
        };
        let mut hash = Sha256::new_with_prefix(HEADER);
        for node in &tree.nodes {
            match node.kind {
                NodeKind::Dir => add(&mut hash, node, &[]),
                NodeKind::File => add(&mut hash, node, &disk.read(&root.join(&node.path))?),
            }
        }
        Ok(Self::finish(hash))
    }

    /// Computes the digest of a directory that was read, in the order in which
    /// it was walked.
    pub(crate) fn of_nodes<'n>(nodes: impl Iterator<Item = (&'n Node, &'n [u8])>) -> Self {
        let mut hash = Sha256::new_with_prefix(HEADER);
        for (node, bytes) in nodes {
            add(&mut hash, node, bytes);
        }
        Self::finish(hash)
    }

    /// Returns the digest of a directory that does not exist.
    pub fn missing() -> Self {
        let mut hash = Sha256::new_with_prefix(HEADER);
        hash.update(b"missing\n");
        Self::finish(hash)
    }

    /// Returns the first digits, enough for people to tell two apart.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }

    fn finish(hash: Sha256) -> Self {
        TreeDigest(hex::encode(&hash.finalize()))
    }
}

fn add(hash: &mut Sha256, node: &Node, bytes: &[u8]) {
    match node.kind {
        NodeKind::Dir => hash.update(format!("D {} {:o}\0", node.path, node.mode)),
        NodeKind::File => {
            hash.update(format!("F {} {:o} {}\0", node.path, node.mode, bytes.len()));
            hash.update(bytes);
            hash.update([0]);
        }
    }
}

/// Says what a digest must look like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a tree digest: 64 digits of 0-9 and a-f are expected")]
pub struct InvalidDigest(String);

impl FromStr for TreeDigest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        if hex::is_hex(text, 64) {
            Ok(TreeDigest(text.to_owned()))
        } else {
            Err(InvalidDigest(text.chars().take(80).collect()))
        }
    }
}

piton_base::through_text!(TreeDigest);
piton_base::holds_text!(TreeDigest);
