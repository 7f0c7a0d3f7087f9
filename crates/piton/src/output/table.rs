//! Lists: aligned for people, with tabs between the columns for programs.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use piton_base::terminal::{clean, columns, cut};

/// What a cell's colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// It went well, or may go on.
    Good,
    /// It waits, or was cut short.
    Waits,
    /// It failed, or is broken.
    Bad,
    /// It is under way.
    Live,
}

/// One cell of a list.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

/// A list with a line of headers.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    headers: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Cell {
    pub(crate) fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Waits => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Live => AnsiColor::Cyan.on_default(),
        }
    }
}

impl Table {
    pub(crate) fn new(headers: &[&'static str]) -> Self {
        Self {
            headers: headers.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the rows with tabs between the columns.
    pub(super) fn tsv(&self, headers: bool) -> String {
        let mut text = String::new();
        let mut line = |cells: &mut dyn Iterator<Item = &str>| {
            for (at, cell) in cells.enumerate() {
                if at > 0 {
                    text.push('\t');
                }
                text.push_str(&clean(cell));
            }
            text.push('\n');
        };
        if headers {
            line(&mut self.headers.iter().copied());
        }
        for row in &self.rows {
            line(&mut row.iter().map(|cell| cell.text.as_str()));
        }
        text
    }

    /// Returns the rows in aligned columns; the last one is cut where the line
    /// ends.
    pub(super) fn aligned(&self, headers: bool, width: usize) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let head = self.headers.iter().map(|header| Cell {
            text: header.to_uppercase().replace('_', " "),
            tone: Tone::Plain,
        });
        let rows: Vec<Vec<Cell>> = headers
            .then(|| head.collect())
            .into_iter()
            .chain(self.rows.iter().map(|row| {
                let clean = |cell: &Cell| Cell::toned(clean(&cell.text), cell.tone);
                row.iter().map(clean).collect()
            }))
            .collect();
        let rows = without_empty(rows, usize::from(headers));
        let count = rows.first().map_or(0, Vec::len);
        let widest: Vec<usize> = (0..count)
            .map(|at| {
                let cells = rows.iter().filter_map(|row| row.get(at));
                cells.map(|cell| columns(&cell.text)).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for (at, row) in rows.iter().enumerate() {
            let heads = headers && at == 0;
            let mut used = 0;
            for (at, cell) in row.iter().enumerate() {
                let last = at + 1 == row.len();
                let shown = if last {
                    cut(&cell.text, width.saturating_sub(used).max(12))
                } else {
                    cell.text.as_str().into()
                };
                let style = if heads {
                    Style::new().bold()
                } else {
                    cell.tone.style()
                };
                let _ = write!(text, "{style}{shown}{style:#}");
                if !last {
                    let gap = widest[at] - columns(&cell.text) + 2;
                    text.push_str(&" ".repeat(gap));
                    used += widest[at] + 2;
                }
            }
            while text.ends_with(' ') {
                text.pop();
            }
            text.push('\n');
        }
        text
    }
}

/// Leaves out the columns that tell nothing in any row.
fn without_empty(mut rows: Vec<Vec<Cell>>, headers: usize) -> Vec<Vec<Cell>> {
    let count = rows.first().map_or(0, Vec::len);
    let tells = |at: &usize| {
        let mut cells = rows[headers..].iter().filter_map(|row| row.get(*at));
        *at == 0 || cells.any(|cell| !matches!(cell.text.as_str(), "" | "-"))
    };
    let kept: Vec<bool> = (0..count).map(|at| tells(&at)).collect();
    for row in &mut rows {
        let mut kept = kept.iter();
        row.retain(|_| kept.next().copied().unwrap_or(true));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::plain;

    fn table() -> Table {
        let mut table = Table::new(&["run", "status", "command"]);
        table.row([
            "1".into(),
            Cell::toned("failed", Tone::Bad),
            "step\ta".into(),
        ]);
        table.row([
            "日本".into(),
            "ok".into(),
            "a very long command line".into(),
        ]);
        table
    }

    #[test]
    fn programs_get_tabs_and_people_get_columns() {
        assert_eq!(
            table().tsv(true),
            "run\tstatus\tcommand\n1\tfailed\tstep\\ta\n日本\tok\ta very long command line\n"
        );
        let aligned = plain(&table().aligned(true, 30)).into_owned();
        assert_eq!(
            aligned,
            "RUN   STATUS  COMMAND\n1     failed  step\\ta\n日本  ok      a very long com…\n"
        );
        let mut table = Table::new(&["a", "b", "c"]);
        table.row(["1".into(), "-".into(), "".into()]);
        let aligned = plain(&table.aligned(true, 30)).into_owned();
        assert_eq!(aligned, "A\n1\n");
        assert_eq!(Table::new(&["a"]).aligned(true, 80), "");
        assert_eq!(Table::new(&["a"]).tsv(true), "a\n");
    }
}
