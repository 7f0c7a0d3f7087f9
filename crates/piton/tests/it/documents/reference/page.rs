//! The page, part by part.

use super::{command, tables};

const HEAD: &str = "\
# The command line

This page is made from the definition that `piton help` prints from; a test keeps it so. \
`piton help COMMAND` says the same in a terminal, and `piton man DIR` writes man pages.
";

/// Returns the reference as Markdown.
pub(in crate::documents) fn reference() -> String {
    let mut definition = piton::definition();
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
