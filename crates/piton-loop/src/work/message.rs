//! The trailers of piton's commits: which run, for what, by whom.

use std::fmt::Write as _;

/// What a commit says about how it was made. What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trailers {
    pub(crate) run: String,
    pub(crate) migration: Option<String>,
    pub(crate) phase: Option<String>,
    /// The stored plan that it carries out.
    pub(crate) plan: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) effort: Option<String>,
    pub(crate) cost_usd: Option<f64>,
}

impl Trailers {
    /// Adds them to a message, as its last paragraph.
    pub(crate) fn under(&self, message: &str) -> String {
        let cost = self.cost_usd.map(|cost| format!("{cost:.4} USD"));
        let mut text = format!("{}\n\n", message.trim_end());
        for (name, value) in [
            ("Piton-Run", Some(&self.run)),
            ("Piton-Migration", self.migration.as_ref()),
            ("Piton-Phase", self.phase.as_ref()),
            ("Piton-Plan", self.plan.as_ref()),
            ("Piton-Agent", self.agent.as_ref()),
            ("Piton-Model", self.model.as_ref()),
            ("Piton-Effort", self.effort.as_ref()),
            ("Piton-Cost", cost.as_ref()),
        ] {
            let value = value.map(|value| on_one_line(value)).unwrap_or_default();
            if !value.is_empty() {
                let _ = writeln!(text, "{name}: {value}");
            }
        }
        text
    }
}

/// A line break in a value would make a trailer of what follows it.
fn on_one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_said_in_one_paragraph_and_nothing_can_forge_a_line() {
        let trailers = Trailers {
            run: "20260601T120000-000001".to_owned(),
            model: Some("opus\nSigned-off-by: nobody".to_owned()),
            cost_usd: Some(0.5),
            ..Trailers::default()
        };
        assert_eq!(
            trailers.under("subject\n\nWhy:\nso\n"),
            "subject\n\nWhy:\nso\n\nPiton-Run: 20260601T120000-000001\nPiton-Model: opus Signed-off-by: nobody\nPiton-Cost: 0.5000 USD\n"
        );
    }
}
