//! Where what stands in a table of another tool.

use piton_github::RepoName;

use super::error::ImportError;
use super::names::{COLUMNS, DAYS, NUMBERS, REPOSITORIES};
use crate::collect::Day;
use crate::ordered::{Json, Object};

/// Where what stands in a table.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) day: usize,
    /// Columns with their fields.
    pub(super) fields: Vec<(usize, &'static str)>,
    /// The column with the repository's name, if there is one.
    pub(super) repository: Option<usize>,
    /// The column with the repository's number, if there is one.
    pub(super) number: Option<usize>,
}

impl Columns {
    /// Finds the columns. `of` is what the table is called: where there is one
    /// for clones and one for views, their columns do not say which.
    pub(super) fn find<S: AsRef<str>>(names: &[S], of: Option<&str>) -> Result<Self, ImportError> {
        let names: Vec<String> = names
            .iter()
            .map(|name| {
                let name = name.as_ref().trim().to_lowercase();
                name.replace([' ', '-'], "_")
            })
            .collect();
        let place = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        // An index without a name stands first where pandas wrote the file.
        let unnamed = names.first().is_some_and(String::is_empty).then_some(0);
        let day = place(&DAYS).or(unnamed).ok_or(ImportError::NoDay)?;
        let of = of.map(str::to_lowercase).unwrap_or_default();
        let plain = if of.contains("clone") {
            [
                ("clones", ["count", "total"]),
                ("uniqueClones", ["uniques", "unique"]),
            ]
        } else {
            [
                ("views", ["count", "total"]),
                ("uniqueViews", ["uniques", "unique"]),
            ]
        };
        let says = of.contains("clone") || of.contains("view");
        let field_of = |name: &str| {
            let known = COLUMNS.iter().find(|(_, names)| names.contains(&name));
            let by_table = || {
                plain
                    .iter()
                    .find(|(_, names)| says && names.contains(&name))
            };
            known
                .map(|(field, _)| *field)
                .or_else(|| by_table().map(|(field, _)| *field))
        };
        let fields: Vec<(usize, &'static str)> = names
            .iter()
            .enumerate()
            .filter_map(|(at, name)| Some((at, field_of(name)?)))
            .collect();
        if fields.is_empty() {
            return Err(ImportError::NoNumbers);
        }
        Ok(Self {
            day,
            fields,
            repository: place(&REPOSITORIES),
            number: place(&NUMBERS),
        })
    }
}

/// Rows of one repository, out of a table that may hold several.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    repository: &'a RepoName,
    taken: Vec<Json>,
    /// Whose rows were passed over.
    others: std::collections::BTreeSet<String>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(repository: &'a RepoName) -> Self {
        Self {
            repository,
            taken: Vec::new(),
            others: std::collections::BTreeSet::new(),
        }
    }

    /// Whether rows of that name are wanted.
    pub(super) fn wants(&mut self, name: &str) -> bool {
        let name = name.trim();
        let whole = self.repository.to_string();
        let wanted = if name.contains('/') {
            let end = name.trim_end_matches('/').trim_end_matches(".git");
            end.eq_ignore_ascii_case(&whole)
                || end
                    .to_lowercase()
                    .ends_with(&format!("/{}", whole.to_lowercase()))
        } else {
            name.eq_ignore_ascii_case(self.repository.name())
        };
        if !wanted {
            self.others.insert(name.to_owned());
        }
        wanted
    }

    pub(super) fn push(
        &mut self,
        day: Day,
        numbers: impl IntoIterator<Item = (&'static str, i64)>,
    ) {
        let mut row = Object::new();
        row.set("date", day.to_string());
        for (field, number) in numbers {
            row.set(field, number);
        }
        self.taken.push(row.into());
    }

    pub(super) fn end(self) -> Result<Vec<Json>, ImportError> {
        if self.taken.is_empty() && !self.others.is_empty() {
            let mut others: Vec<String> = self.others.into_iter().take(6).collect();
            if others.len() == 6 {
                others.truncate(5);
                others.push("…".to_owned());
            }
            return Err(ImportError::NotIn {
                repository: self.repository.to_string(),
                others: others.join(", "),
            });
        }
        Ok(self.taken)
    }
}
