//! The line that says how a command is called, on as many lines as it needs.

/// How wide a line may be.
const COLUMNS: usize = 80;
/// What clap puts in front of it,
const TITLE: &str = "Usage: ";
/// and what its further lines begin with.
const INDENT: &str = "         ";

/// Breaks a usage line, as clap shows it, that is too wide; none where it fits.
pub(crate) fn broken(shown: &str) -> Option<String> {
    let usage = shown.strip_prefix(TITLE)?.trim_end();
    let fits = |line: &str| line.chars().count() <= COLUMNS - TITLE.len();
    if usage.lines().all(fits) {
        return None;
    }
    let mut text = String::new();
    let mut column = TITLE.len();
    for piece in pieces(usage) {
        let width = piece.chars().count();
        if text.is_empty() {
            column += width;
        } else if column + 1 + width <= COLUMNS {
            text.push(' ');
            column += 1 + width;
        } else {
            text.push('\n');
            text.push_str(INDENT);
            column = INDENT.len() + width;
        }
        text.push_str(piece);
    }
    Some(text)
}

/// Takes the line apart where it may be broken: not in brackets, and not between
/// an option and its value.
fn pieces(usage: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut begin, mut depth) = (0, 0_usize);
    for (at, letter) in usage.char_indices() {
        match letter {
            '<' | '[' => depth += 1,
            '>' | ']' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 => {
                let piece = &usage[begin..at];
                if !(piece.starts_with("--") && usage[at..].starts_with(" <"))
                    || piece.contains(' ')
                {
                    pieces.push(piece);
                    begin = at + 1;
                }
            }
            _ => {}
        }
    }
    pieces.push(&usage[begin..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_wide_is_broken_between_what_belongs_together() {
        let check = |shown: &str, broken_so: Option<&str>| {
            assert_eq!(broken(shown).as_deref(), broken_so, "{shown}");
        };
        check("Usage: piton status [OPTIONS]", None);
        check(
            "Usage: piton exec upload [OPTIONS] --session-file <FILE> --session-id <ID> --source <SOURCE>",
            Some(
                "piton exec upload [OPTIONS] --session-file <FILE> --session-id <ID>\n\
                 \x20        --source <SOURCE>",
            ),
        );
        check(
            "Usage: piton migration refine [OPTIONS] <--message <TEXT>|--file <FILE>|--editor> <SLUG>",
            Some(
                "piton migration refine [OPTIONS]\n\
                 \x20        <--message <TEXT>|--file <FILE>|--editor> <SLUG>",
            ),
        );
    }
}
