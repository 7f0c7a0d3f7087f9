//! The documents say what the code says.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use piton_migration::consistency::Code;

fn findings_page() -> String {
    let mut page = String::from(
        "# Findings\n\n\
         What `piton migration doctor` can say, and what to do about it.\n\n\
         Only errors block. The first table holds what continuous-refactoring reports too, under the same\n\
         codes; there, all of it is an error. The second table holds what only piton looks at. Where\n\
         continuous-refactoring accepts such a migration, piton does as well, so those are warnings or mere\n\
         information; the one error among them is something that it stops at with a stack trace.\n\n\
         A finding carries its severity, the mode of the check, its code, the path and a message. Piped\n\
         output has one finding a line: slug, severity, code, path and message, with tabs between them.\n\
         The exit status is 0 where no error was found, 1 where one was, 2 for a wrong command line.\n\n\
         | Mode | When |\n| --- | --- |\n\
         | `planning-snapshot` | before and after a planning step |\n\
         | `ready-publish` | before a plan is published as ready, whatever its status says yet |\n\
         | `execution-gate` | before a phase is carried out |\n\
         | `doctor` | when a person asks; everything in the second table needs this mode, except\n\
         `unreadable-phase-doc` and `oversized-phase-doc`, which come with every reading of the documents |\n",
    );
    page = page.replace("this mode, except\n", "this mode, except ");
    for (title, own) in [("Shared codes", false), ("Codes of piton's own", true)] {
        let _ = write!(
            page,
            "\n## {title}\n\n| Code | Severity | Meaning | What to do |\n| --- | --- | --- | --- |\n"
        );
        for code in Code::ALL.iter().filter(|code| code.is_own() == own) {
            let _ = writeln!(
                page,
                "| `{code}` | {} | {} | {} |",
                code.severity(),
                code.meaning(),
                code.remedy()
            );
        }
    }
    page
}

#[test]
fn every_code_is_explained_in_the_findings_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings.md");
    let written = fs::read_to_string(&path).unwrap_or_default();
    let expected = findings_page();
    if std::env::var_os("PITON_BLESS").is_some() {
        fs::write(&path, &expected).expect("the page");
        return;
    }
    assert_eq!(written, expected, "run the tests once with PITON_BLESS=1");
}
