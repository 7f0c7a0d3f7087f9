//! `docs/cli.md`: the command line as a page, from the definition of the help.

mod command;
mod tables;

use crate::cli::definition;

const HEAD: &str = "\
# The command line

This page is made from the definition that `piton help` prints from; a test keeps it so. \
`piton help COMMAND` says the same in a terminal, and `piton man DIR` writes man pages.
";

/// Returns the reference as Markdown.
pub fn reference() -> String {
    let mut definition = definition();
    definition.build();
    let commands = command::all(&definition);
    let mut page = HEAD.to_owned();
    page.push_str(&command::contents(&commands));
    page.push_str(&tables::exit_codes());
    page.push_str(&tables::settings());
    page.push_str(&tables::variables());
    page.push_str(&command::shared(&commands));
    page.push_str("\n## The commands\n");
    for each in &commands {
        page.push_str(&command::section(each));
    }
    page
}

/// Escapes what Markdown or HTML would take for its own, outside code.
fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_code = false;
    for c in text.chars() {
        in_code ^= c == '`';
        if !in_code && matches!(c, '<' | '*' | '_' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_as_it_is_and_prose_cannot_become_markup() {
        assert_eq!(prose("a <b> and `<c_d>`"), "a \\<b> and `<c_d>`");
    }
}
