//! `docs/cli.md`: the command line as a page, from the definition of the help.

mod command;
mod page;
mod prose;
mod tables;

use super::kept::keep;
pub(super) use page::reference;

#[test]
fn the_reference_says_what_the_help_says() {
    keep("docs/cli.md", &reference());
}
