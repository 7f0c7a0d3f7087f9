//! The phases of a migration, no two of one name.

use std::collections::HashSet;
use std::ops::Deref;

use thiserror::Error;

use piton_base::Effort;

/// One executable part of a migration, as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    pub name: String,
    /// The document's path below the migration directory, as written; not yet
    /// known to be a safe one.
    pub file: String,
    pub done: bool,
    pub precondition: String,
    pub required_effort: Option<Effort>,
    pub effort_reason: Option<String>,
}

impl Phase {
    /// Returns the phase's file without empty or `.` components: the name by
    /// which people, labels and commits speak of the phase.
    pub fn reference(&self) -> String {
        let parts = self.file.split('/');
        let path = parts
            .filter(|part| !part.is_empty() && *part != ".")
            .collect::<Vec<_>>()
            .join("/");
        match (self.file.starts_with('/'), path.is_empty()) {
            (true, _) => format!("/{path}"),
            (false, true) => ".".to_owned(),
            (false, false) => path,
        }
    }
}

/// A list of phases whose names are unique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phases(Vec<Phase>);

/// Two phases have one name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("two phases are named `{}`; every phase needs a name of its own", .0.escape_debug())]
pub struct DuplicatePhase(pub String);

impl Phases {
    /// Returns the phase of that name with its position.
    pub fn find(&self, name: &str) -> Option<(usize, &Phase)> {
        self.0
            .iter()
            .enumerate()
            .find(|(_, phase)| phase.name == name)
    }

    pub(super) fn mark_done(&mut self, index: usize) {
        if let Some(phase) = self.0.get_mut(index) {
            phase.done = true;
        }
    }
}

impl TryFrom<Vec<Phase>> for Phases {
    type Error = DuplicatePhase;

    fn try_from(phases: Vec<Phase>) -> Result<Self, Self::Error> {
        match repeated(&phases) {
            Some(repeated) => Err(DuplicatePhase(repeated.name.clone())),
            None => Ok(Self(phases)),
        }
    }
}

fn repeated(phases: &[Phase]) -> Option<&Phase> {
    /// Up to here comparing each with each is cheaper than hashing.
    const FEW: usize = 16;
    if phases.len() <= FEW {
        let earlier = |index: usize, name: &str| phases[..index].iter().any(|it| it.name == name);
        let mut all = phases.iter().enumerate();
        return all
            .find(|(index, phase)| earlier(*index, &phase.name))
            .map(|(_, phase)| phase);
    }
    let mut seen = HashSet::with_capacity(phases.len());
    phases.iter().find(|phase| !seen.insert(&phase.name))
}

impl Deref for Phases {
    type Target = [Phase];

    fn deref(&self) -> &[Phase] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(name: &str, file: &str) -> Phase {
        Phase {
            name: name.to_owned(),
            file: file.to_owned(),
            done: false,
            precondition: "now".to_owned(),
            required_effort: None,
            effort_reason: None,
        }
    }

    #[test]
    fn a_reference_is_the_file_without_parts_that_say_nothing() {
        for (file, reference) in [
            ("phase-1-a.md", "phase-1-a.md"),
            ("./phases//a.md", "phases/a.md"),
            ("/a/./b.md", "/a/b.md"),
            ("./", "."),
            ("/", "/"),
        ] {
            assert_eq!(phase("a", file).reference(), reference, "{file}");
        }
    }

    #[test]
    fn of_few_phases_and_of_many_no_two_have_one_name() {
        for count in [2, 16, 17, 40] {
            let mut phases: Vec<Phase> = (0..count)
                .map(|number| phase(&format!("p{number}"), "f"))
                .collect();
            assert!(Phases::try_from(phases.clone()).is_ok(), "{count}");
            phases[count - 1].name = "p0".to_owned();
            let refused = Phases::try_from(phases);
            assert_eq!(refused, Err(DuplicatePhase("p0".to_owned())), "{count}");
        }
    }
}
