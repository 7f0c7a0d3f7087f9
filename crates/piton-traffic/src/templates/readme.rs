//! The notes for people who browse the folder of the dashboard.

use super::{seal, stamp};

const TEMPLATE: &str = "\
<!-- {{stamp}} -->
# Traffic of {{title}}

GitHub keeps two weeks of a repository's traffic. A workflow of this repository collects it twice a day and keeps all of it.

- **Dashboard**: **https://{{host}}.github.io/{{repo}}/stats/**
- **Numbers**: [Badge Gist](https://gist.github.com/{{login}}/{{badge}}), [archive](https://gist.github.com/{{login}}/{{archive}})
- **Repository**: [{{owner}}/{{repo}}](https://github.com/{{owner}}/{{repo}}).

`index.html` is the dashboard: one page that reads the numbers from the gist. It needs no server.
";

/// What the notes name.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    pub(crate) owner: &'a str,
    pub(crate) repo: &'a str,
    pub(crate) title: &'a str,
    /// Whose the gists are.
    pub(crate) login: &'a str,
    pub(crate) badge: &'a str,
    pub(crate) archive: &'a str,
}

/// Renders the notes.
pub fn readme(named: &Named<'_>) -> String {
    let text = TEMPLATE
        .replace("{{stamp}}", &stamp("readme", &readme_pristine()))
        .replace("{{host}}", &named.owner.to_lowercase())
        .replace("{{owner}}", named.owner)
        .replace("{{repo}}", named.repo)
        .replace("{{login}}", named.login)
        .replace("{{badge}}", named.badge)
        .replace("{{archive}}", named.archive)
        // Last, so that nothing in a display name is taken for a place.
        .replace("{{title}}", &escaped(named.title));
    seal(&text)
}

/// The digest of the template.
pub(super) fn readme_pristine() -> String {
    piton_base::Digest::of(TEMPLATE.as_bytes()).hex()
}

/// A text in Markdown that means nothing but itself.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '{' | '}' | '!' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_is_only_a_name() {
        let text = readme(&Named {
            owner: "Acme",
            repo: "widget",
            title: "<b>\\{{badge}} [x](y)\n# z",
            login: "jo",
            badge: "B",
            archive: "A",
        });
        assert!(
            text.contains("# Traffic of \\<b\\>\\\\\\{\\{badge\\}\\} \\[x\\](y) \\# z\n"),
            "{text}"
        );
        assert!(text.contains("**https://acme.github.io/widget/stats/**"));
    }
}
