//! The line by which a later release recognises what an earlier one wrote, and
//! whether somebody edited it since.

use piton_base::Digest;

const MARK: &str = "ghtraf-template: ";
/// Stands in the place of the seal while the file is sealed.
const OPEN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Returns the line for a file that is sealed when it is complete.
pub(crate) fn stamp(name: &str, pristine: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("{MARK}{name} {version} {pristine} {OPEN}")
}

/// Seals a whole file: the seal is of all of it but the ids of gists, which may
/// be filled in later.
pub(crate) fn seal(text: &str) -> String {
    text.replacen(OPEN, &digest(text), 1)
}

/// What a stamp says of the file around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The digest of the template that it was made from.
    pub(super) pristine: String,
    /// Whether nobody edited it.
    pub(super) whole: bool,
}

/// Reads the stamp of a file that piton wrote.
pub(super) fn read(text: &str) -> Option<Stamp> {
    let at = text.find(MARK)? + MARK.len();
    let line = text[at..].lines().next()?;
    let mut words = line.split_whitespace();
    let (_, _, pristine, sealed) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if sealed.len() != OPEN.len() {
        return None;
    }
    let open = text.replacen(sealed, OPEN, 1);
    Some(Stamp {
        pristine: pristine.to_owned(),
        whole: digest(&open) == sealed,
    })
}

fn digest(text: &str) -> String {
    // An id in an address that was encoded is an id all the same.
    let text = text.replace("\r\n", "\n").replace("%2F", "/");
    // So is what stands for one that is not known yet.
    let text = text.replace("ARCHIVEID", "\0").replace("GISTID", "\0");
    let mut plain = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_hexdigit() {
            run.push(c);
            continue;
        }
        let is_id = c == '\0';
        // An id of a gist has 20 or 32 digits.
        plain.push_str(if matches!(run.len(), 20 | 32) {
            "id"
        } else {
            &run
        });
        run.clear();
        if is_id {
            plain.push_str("id");
        } else {
            plain.push(c);
        }
    }
    Digest::of(plain.as_bytes()).hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_file_tells_whether_somebody_edited_it() {
        let id = "f0e1d2c3b4a5968778695a4b3c2d1e0f";
        let text = seal(&format!(
            "# {}\nname: x\ngist: {id}\n",
            stamp("workflow", "abc")
        ));
        assert!(read(&text).unwrap().whole);
        assert!(read(&text.replace('\n', "\r\n")).unwrap().whole);
        assert!(read(&text.replace(id, &"1".repeat(20))).unwrap().whole);
        assert!(read(&text.replace(id, "GISTID")).unwrap().whole);
        let page = seal(&format!(
            "{}\n<a href=\"?u=x%2F{id}%2Fraw\">\n",
            stamp("page", "abc")
        ));
        assert!(read(&page.replace(id, &"2".repeat(32))).unwrap().whole);
        assert!(!read(&text.replace("name: x", "name: y")).unwrap().whole);
        assert!(!read(&format!("{text}more\n")).unwrap().whole);
        assert_eq!(read("nothing of ours"), None);
    }
}
