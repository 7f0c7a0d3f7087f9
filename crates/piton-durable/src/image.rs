//! A directory as a value: read once, for its digest, its files and a copy.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::digest::TreeDigest;
use crate::disk::{Disk, DiskRead};
use crate::refusal::DiskResult;
use crate::tree::{self, COPIED_MODE, Node, NodeKind, Tree, TreeError};

/// Everything below a directory, with what the files hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    nodes: Vec<(Node, Vec<u8>)>,
}

/// Bytes that are no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a whole copy of a directory")]
pub struct ImageError;

/// One line of the head of an image.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    path: String,
    mode: u32,
    /// How many bytes it has; a directory has none to say.
    bytes: Option<usize>,
}

impl Image {
    /// Reads the directory at `root`; `None` when there is none.
    pub fn read(disk: &dyn DiskRead, root: &Path) -> Result<Option<Self>, TreeError> {
        let tree = tree::walk(disk, root)?;
        tree.map(|tree| Self::of(disk, root, tree)).transpose()
    }

    /// Reads the files of a directory that was walked.
    pub fn of(disk: &dyn DiskRead, root: &Path, tree: Tree) -> Result<Self, TreeError> {
        let read = |node: Node| {
            let bytes = match node.kind {
                NodeKind::Dir => Vec::new(),
                NodeKind::File => disk.read(&root.join(&node.path))?,
            };
            Ok((node, bytes))
        };
        let nodes = tree.nodes.into_iter().map(read);
        Ok(Self {
            nodes: nodes.collect::<Result<_, TreeError>>()?,
        })
    }

    /// Returns the digest that the directory has.
    pub fn digest(&self) -> TreeDigest {
        TreeDigest::of_nodes(self.nodes())
    }

    /// Returns what is in it, sorted by path; directories hold no bytes.
    pub fn nodes(&self) -> impl Iterator<Item = (&Node, &[u8])> {
        let nodes = self.nodes.iter();
        nodes.map(|(node, bytes)| (node, bytes.as_slice()))
    }

    /// Gives up what is in it.
    pub fn into_nodes(self) -> impl Iterator<Item = (Node, Vec<u8>)> {
        self.nodes.into_iter()
    }

    /// Writes it below `root`, which must be an empty directory. Nothing is
    /// synced.
    pub fn write(&self, disk: &dyn Disk, root: &Path) -> DiskResult<()> {
        for (node, bytes) in self.nodes() {
            let path = root.join(&node.path);
            let mode = node.mode & COPIED_MODE;
            match node.kind {
                NodeKind::Dir => {
                    disk.create_dir(&path)?;
                    disk.set_mode(&path, mode | 0o700)?;
                }
                NodeKind::File => disk.write_new(&path, bytes, mode)?,
            }
        }
        Ok(())
    }

    /// Returns it as the bytes of one file: a line that names everything, then
    /// what the files hold, one after the other.
    pub fn encode(&self) -> Vec<u8> {
        let head: Vec<Written> = self
            .nodes()
            .map(|(node, bytes)| Written {
                path: node.path.clone(),
                mode: node.mode,
                bytes: (node.kind == NodeKind::File).then_some(bytes.len()),
            })
            .collect();
        // Text and numbers; that cannot fail.
        let mut encoded = serde_json::to_vec(&head).unwrap_or_default();
        encoded.push(b'\n');
        for (_, bytes) in self.nodes() {
            encoded.extend_from_slice(bytes);
        }
        encoded
    }

    /// Reads what [`Self::encode`] made.
    pub fn decode(bytes: &[u8]) -> Result<Self, ImageError> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (head, mut rest) = bytes.split_at(end.ok_or(ImageError)?);
        rest = &rest[1..];
        let head: Vec<Written> = serde_json::from_slice(head).map_err(|_| ImageError)?;
        let mut nodes = Vec::with_capacity(head.len());
        for Written { path, mode, bytes } in head {
            if !is_below(&path) {
                return Err(ImageError);
            }
            let (kind, len) = match bytes {
                None => (NodeKind::Dir, 0),
                Some(len) => (NodeKind::File, len),
            };
            let (own, after) = rest.split_at_checked(len).ok_or(ImageError)?;
            rest = after;
            nodes.push((Node { path, kind, mode }, own.to_vec()));
        }
        if rest.is_empty() {
            Ok(Self { nodes })
        } else {
            Err(ImageError)
        }
    }
}

/// A path that stays below the directory it is joined to.
fn is_below(path: &str) -> bool {
    let parts = path.split('/');
    !path.contains('\0')
        && parts
            .into_iter()
            .all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(path: &str, kind: NodeKind, mode: u32) -> Node {
        Node {
            path: path.to_owned(),
            kind,
            mode,
        }
    }

    fn image() -> Image {
        Image {
            nodes: vec![
                (node("a", NodeKind::Dir, 0o755), Vec::new()),
                (node("a/b", NodeKind::File, 0o644), b"one\ntwo".to_vec()),
                (node("c", NodeKind::File, 0o755), vec![0, 0xff, b'\n']),
            ],
        }
    }

    #[test]
    fn what_is_written_down_reads_back_whatever_the_files_hold() {
        for image in [Image::default(), image()] {
            assert_eq!(Image::decode(&image.encode()), Ok(image));
        }
    }

    #[test]
    fn one_that_was_cut_off_or_grew_is_refused() {
        let whole = image().encode();
        for end in 0..whole.len() {
            assert_eq!(Image::decode(&whole[..end]), Err(ImageError), "{end}");
        }
        let longer = [whole, b"x".to_vec()].concat();
        assert_eq!(Image::decode(&longer), Err(ImageError));
    }

    #[test]
    fn a_path_that_leaves_the_directory_is_refused() {
        for path in ["../x", "/x", "a/../x", "a//x", "", "."] {
            let line = format!("[{{\"path\":\"{path}\",\"mode\":420,\"bytes\":0}}]\n");
            assert_eq!(Image::decode(line.as_bytes()), Err(ImageError), "{path}");
        }
    }
}
