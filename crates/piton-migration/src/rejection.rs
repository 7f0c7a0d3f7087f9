//! Why a migration was rejected, as the note beside its plan says.

use std::path::Path;

use piton_durable::DiskRead;

use crate::text::{lines, strip};

const NOTE: &str = "intentional-skip.md";
const HEADING: &str = "## Blocker Reason";

/// No note is read beyond this size.
const MOST: u64 = 1 << 20;

/// Returns the reason in the note of the migration in `dir`, if there is one.
pub(crate) fn reason(disk: &dyn DiskRead, dir: &Path) -> Option<String> {
    let bytes = disk.read_at_most(&dir.join(NOTE), MOST).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let said: Vec<&str> = lines(&text)
        .map(strip)
        .skip_while(|line| *line != HEADING)
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| !line.is_empty())
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

#[cfg(test)]
mod tests {
    use piton_testkit::SimDisk;

    use super::*;

    #[test]
    fn the_reason_is_what_stands_below_its_heading_alone() {
        let said = |note: &str| {
            let disk = SimDisk::new();
            disk.put("/m/intentional-skip.md", note);
            reason(&disk, Path::new("/m"))
        };
        let note = "# Skipped\n\nnot this\n\n## Blocker Reason\n\n too large \n\nand old\n## Next\n\nnor this\n";
        assert_eq!(said(note).as_deref(), Some("too large and old"));
        assert_eq!(said("## Blocker Reason\n\n## Next\n\nnor this\n"), None);
        assert_eq!(said("too large\n"), None);
        assert_eq!(reason(&SimDisk::new(), Path::new("/m")), None);
    }
}
