//! What the demo says along the way.

use anstyle::{AnsiColor, Style};

use crate::output::{Channel, Level, Out};

/// Tells a story in chapters; silent where only a document is wanted.
#[derive(Debug)]
pub(super) struct Guide<'a> {
    out: &'a Out,
}

impl<'a> Guide<'a> {
    pub(super) const fn new(out: &'a Out) -> Self {
        Self { out }
    }

    pub(super) fn chapter(&self, title: &str) {
        let bold = Style::new().bold();
        self.say(&format!("\n{bold}{title}{bold:#}\n"));
    }

    pub(super) fn tell(&self, text: &str) {
        for line in text.lines() {
            self.say(&format!("  {line}"));
        }
    }

    pub(super) fn command(&self, line: &str) {
        let cyan = AnsiColor::Cyan.on_default();
        self.say(&format!("  {cyan}$ {line}{cyan:#}"));
    }

    pub(super) fn result(&self, text: &str) {
        for line in text.lines() {
            self.say(&format!("    {line}"));
        }
    }

    fn say(&self, text: &str) {
        self.out.say(Channel::General, Level::INFO, text);
    }
}
