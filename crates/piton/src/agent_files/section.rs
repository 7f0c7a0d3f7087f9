//! piton's own section of a file that may hold more than that.
//!
//! The line that opens the section carries the digest of what piton wrote, so
//! that a section which a person has edited is known, and left as it is.

use piton_base::Digest;

const BEGIN: &str = "<!-- piton:begin ";
const END: &str = "<!-- piton:end -->";

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// The whole text that the file should have.
    Text(String),
    /// The file stays as it is, because of this.
    Left(&'static str),
}

/// Where piton's section is in a text.
#[derive(Debug, PartialEq, Eq)]
enum Found<'t> {
    Nowhere,
    /// As piton wrote it, between what others wrote.
    Ours {
        before: &'t str,
        after: &'t str,
    },
    Edited,
    Torn,
}

/// Puts a section into a file: whole where there is none yet, in place of the
/// section of before, and never over what a person wrote.
pub(crate) fn merge(old: Option<&[u8]>, head: &str, body: &str) -> Merged {
    let Some(old) = old else {
        return Merged::Text(format!("{head}{}", section(body)));
    };
    let Ok(old) = std::str::from_utf8(old) else {
        return Merged::Left("it is not UTF-8");
    };
    match find(old) {
        Found::Ours { before, after } => Merged::Text(format!("{before}{}{after}", section(body))),
        Found::Nowhere => Merged::Left("somebody else wrote it"),
        Found::Edited => Merged::Left("piton's section in it was edited"),
        Found::Torn => Merged::Left("the lines that enclose piton's section are not one pair"),
    }
}

fn section(body: &str) -> String {
    let body = format!("\n{}\n\n", body.trim());
    let digest = Digest::of(body.as_bytes()).short();
    format!("{BEGIN}{digest} -->\n{body}{END}\n")
}

fn find(text: &str) -> Found<'_> {
    let begins: Vec<usize> = starts_of_lines(text, BEGIN);
    let ends: Vec<usize> = starts_of_lines(text, END);
    let (begin, end) = match (begins[..].as_ref(), ends[..].as_ref()) {
        ([], []) => return Found::Nowhere,
        (&[begin], &[end]) if begin < end => (begin, end),
        _ => return Found::Torn,
    };
    let inside = &text[begin + BEGIN.len()..end];
    let Some((digest, body)) = inside.split_once(" -->\n") else {
        return Found::Torn;
    };
    if Digest::of(body.as_bytes()).short() != digest {
        return Found::Edited;
    }
    let after = &text[end + END.len()..];
    Found::Ours {
        before: &text[..begin],
        after: after.strip_prefix('\n').unwrap_or(after),
    }
}

fn starts_of_lines(text: &str, start: &str) -> Vec<usize> {
    text.match_indices(start)
        .map(|(at, _)| at)
        .filter(|&at| at == 0 || text.as_bytes()[at - 1] == b'\n')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(merged: Merged) -> String {
        match merged {
            Merged::Text(text) => text,
            Merged::Left(why) => panic!("left: {why}"),
        }
    }

    #[test]
    fn a_newer_section_takes_the_place_of_the_old_one_and_nothing_else() {
        let made = text(merge(None, "---\nname: piton\n---\n", "one"));
        let with_more = format!("# Mine\n{made}and mine\n").replace("name: piton", "name: ours");
        let newer = text(merge(Some(with_more.as_bytes()), "ignored", "two"));
        assert!(newer.starts_with("# Mine\n---\nname: ours\n---\n<!-- piton:begin "));
        assert!(
            newer.ends_with("\ntwo\n\n<!-- piton:end -->\nand mine\n"),
            "{newer}"
        );
        assert_eq!(text(merge(Some(newer.as_bytes()), "", "two")), newer);
    }

    #[test]
    fn what_a_person_wrote_is_never_written_over() {
        let made = text(merge(None, "", "one\ntwo"));
        for (old, why) in [
            ("# My own skill\n".to_owned(), "somebody else wrote it"),
            (
                made.replace("two", "three"),
                "piton's section in it was edited",
            ),
            (
                made.replace(END, ""),
                "the lines that enclose piton's section are not one pair",
            ),
            (
                format!("{made}{made}"),
                "the lines that enclose piton's section are not one pair",
            ),
        ] {
            assert_eq!(merge(Some(old.as_bytes()), "", "new"), Merged::Left(why));
        }
        assert_eq!(
            merge(Some(b"\xff"), "", "new"),
            Merged::Left("it is not UTF-8")
        );
    }
}
