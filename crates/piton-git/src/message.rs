//! The text of a commit message, as git keeps it.

/// No blanks at the ends of lines, no empty lines around, one in a row inside.
pub fn tidy(message: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in message.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    let mut text = lines.join("\n").trim_end().to_owned();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tidied_as_git_does_it() {
        assert_eq!(tidy("\n\n a \nb  \n\n\n\nc\n\n"), " a\nb\n\nc\n");
        assert_eq!(tidy("x"), "x\n");
    }
}
