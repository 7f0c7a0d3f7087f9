//! `docs/cli.md`.

use super::kept::keep;

#[test]
fn the_reference_says_what_the_help_says() {
    keep("docs/cli.md", &piton::reference());
}
