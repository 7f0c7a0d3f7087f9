//! What a slot takes over from the user's repository.
//!
//! Only what says how files look and who commits. A setting that is not on the
//! list stays behind: many name a program that git would run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use piton_durable::DiskRead;

use super::{SlotError, lfs};
use crate::landing::plain;
use crate::{CommitId, GitRead, Setting, View};

/// Settings of which the meaning, and never a program, is taken over.
const TAKEN: [&str; 19] = [
    "core.attributesfile",
    "core.autocrlf",
    "core.bigfilethreshold",
    "core.checkroundtripencoding",
    "core.compression",
    "core.eol",
    "core.excludesfile",
    "core.filemode",
    "core.ignorecase",
    "core.longpaths",
    "core.precomposeunicode",
    "core.protecthfs",
    "core.protectntfs",
    "core.safecrlf",
    "core.symlinks",
    "i18n.commitencoding",
    "user.email",
    "user.name",
    "user.useconfigonly",
];

/// What both git directories of a slot are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Borrowed {
    settings: Vec<Setting>,
    /// The user's object store.
    pub(super) objects: PathBuf,
    pub(super) names: Vec<(String, CommitId)>,
    pub(super) exclude: Option<Vec<u8>>,
    pub(super) attributes: Option<Vec<u8>>,
    pub(super) shallow: Option<Vec<u8>>,
    /// Where git-lfs keeps its files, if that is not beside git's own.
    pub(super) lfs: Option<PathBuf>,
    sha256: bool,
}

impl Borrowed {
    pub(super) fn look(
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        view: &View,
        commit: &CommitId,
    ) -> Result<Self, SlotError> {
        let common = git.common_dir();
        let file = |name: &str| -> piton_durable::DiskResult<_> {
            let path = common.join(name);
            match disk.stat(&path)? {
                None => Ok(None),
                Some(_) => Ok(Some(disk.read(&path)?)),
            }
        };
        Ok(Self {
            settings: view
                .settings
                .iter()
                .filter(|s| is_taken(s))
                .cloned()
                .collect(),
            objects: common.join("objects"),
            names: view.refs.clone(),
            exclude: file("info/exclude")?,
            attributes: file("info/attributes")?,
            shallow: file("shallow")?,
            lfs: lfs::storage(&view.settings, common),
            sha256: commit.as_str().len() == 64,
        })
    }

    /// Returns the configuration of a git directory that borrows all this.
    pub(super) fn config(&self) -> String {
        let mut text = String::from("[core]\n\tbare = false\n\trepositoryformatversion = 1\n");
        if self.sha256 {
            text.push_str("[extensions]\n\tobjectformat = sha256\n");
        }
        for setting in &self.settings {
            put(&mut text, &setting.key, setting.value.as_deref());
        }
        // Last, so that they win.
        for (key, value) in [
            ("core.fsmonitor", "false"),
            ("core.logallrefupdates", "false"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("commit.gpgsign", "false"),
            ("tag.gpgsign", "false"),
            ("submodule.recurse", "false"),
        ] {
            put(&mut text, key, Some(value));
        }
        text
    }

    /// Whether the user's settings name programs that filter files.
    pub(super) fn has_filters(&self) -> bool {
        self.settings.iter().any(is_filter)
    }

    /// Whether nothing of the user's makes files lie otherwise than they are
    /// stored. What attributes in the repository do is for whoever asks.
    pub(super) fn changes_no_files(&self) -> bool {
        let changes = ["core.autocrlf", "core.eol", "core.attributesfile"];
        self.attributes.is_none()
            && !self.has_filters()
            && !(self.settings.iter()).any(|setting| changes.contains(&setting.key.as_str()))
    }

    /// Whether piton may write files as they are stored, and read what is stored
    /// as the user's repository gives it.
    pub(super) fn is_plain(&self) -> bool {
        let is_replaced = |(name, _): &(String, CommitId)| name.starts_with("refs/replace/");
        self.changes_no_files()
            && plain::change_no_files(&self.settings)
            && !self.names.iter().any(is_replaced)
    }

    /// Finds a filter whose command is a file of the repository: laying out and
    /// comparing runs it as an agent left it. A command is only known to be
    /// from outside when each of its words is a plain name, an option or an
    /// absolute path beyond the repository.
    pub(super) fn filter_inside(&self, disk: &dyn DiskRead, top: &Path) -> Option<FilterInside> {
        self.settings.iter().find_map(|setting| {
            let (name, command) = (setting.subsection()?, setting.value.as_ref()?);
            let inside = is_filter(setting) && names_a_file(disk, top, command);
            inside.then(|| FilterInside {
                name: name.to_owned(),
                command: command.clone(),
            })
        })
    }
}

/// A filter whose command is a file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilterInside {
    pub(super) name: String,
    pub(super) command: String,
}

fn is_taken(setting: &Setting) -> bool {
    TAKEN.contains(&setting.key.as_str())
        || setting.key.starts_with("filter.") && setting.subsection().is_some()
}

/// Tells whether a setting names a program that filters files.
fn is_filter(setting: &Setting) -> bool {
    let runs = ["clean", "smudge", "process"];
    setting.key.starts_with("filter.") && setting.value.is_some() && runs.contains(&setting.name())
}

/// Tells whether a shell that runs `command` at the top of a working tree like
/// the one at `top` could run something that is in it.
fn names_a_file(disk: &dyn DiskRead, top: &Path, command: &str) -> bool {
    let separates = |c: char| c.is_whitespace() || "'\"`;|&()<>=$\\".contains(c);
    let mut words = command.split(separates).filter(|word| !word.is_empty());
    let is_there = |word: &str| disk.stat(&top.join(word)).is_ok_and(|stat| stat.is_some());
    let first = words.next().unwrap_or_default();
    let relative = !Path::new(first).is_absolute();
    // A program that is not there yet could be put there.
    (relative && first.contains('/'))
        || std::iter::once(first).chain(words).any(|word| {
            let inside = !Path::new(word).is_absolute() || Path::new(word).starts_with(top);
            !word.starts_with(['-', '%']) && inside && is_there(word)
        })
}

/// Writes one setting as git reads it.
fn put(text: &mut String, key: &str, value: Option<&str>) {
    let (Some((section, rest)), Some((before, name))) = (key.split_once('.'), key.rsplit_once('.'))
    else {
        return;
    };
    let _ = if before == section {
        writeln!(text, "[{section}]")
    } else {
        let middle = &rest[..rest.len() - name.len() - 1];
        let middle = middle.replace('\\', "\\\\").replace('"', "\\\"");
        writeln!(text, "[{section} \"{middle}\"]")
    };
    let _ = match value {
        None => writeln!(text, "\t{name}"),
        Some(value) => {
            let value = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n")
                .replace('\t', "\\t");
            writeln!(text, "\t{name} = \"{value}\"")
        }
    };
}

#[cfg(test)]
mod tests {
    use piton_durable::RealDisk;

    use super::*;

    fn setting(key: &str, value: &str) -> Setting {
        Setting {
            key: key.to_owned(),
            value: Some(value.to_owned()),
            file: None,
        }
    }

    #[test]
    fn settings_that_run_something_stay_behind() {
        for key in [
            "core.fsmonitor",
            "core.hookspath",
            "core.sshcommand",
            "alias.x",
            "remote.origin.url",
            "diff.x.textconv",
            "filter.x",
        ] {
            assert!(!is_taken(&setting(key, "x")), "{key}");
        }
        assert!(is_taken(&setting("filter.a.b.clean", "x")));
    }

    #[test]
    fn a_value_is_written_so_that_git_reads_it_again() {
        let mut text = String::new();
        put(
            &mut text,
            "filter.a.\"b\".clean",
            Some("say \"x\\n\" # y\n"),
        );
        put(&mut text, "user.useconfigonly", None);
        assert_eq!(
            text,
            "[filter \"a.\\\"b\\\"\"]\n\tclean = \"say \\\"x\\\\n\\\" # y\\n\"\n[user]\n\tuseconfigonly\n"
        );
    }

    #[test]
    fn a_command_that_could_run_a_file_of_the_repository_is_known() {
        let dir = tempfile::tempdir().unwrap();
        piton_durable::write_atomic(&RealDisk, &dir.path().join("clean.sh"), b"", 0o755).unwrap();
        let inside = |command: &str| names_a_file(&RealDisk, dir.path(), command);
        for command in [
            "git-lfs clean -- %f",
            "sed -e s/a/b/",
            "/usr/bin/cat -v",
            "tr a b",
        ] {
            assert!(!inside(command), "{command}");
        }
        let absolute = format!("{}/clean.sh", dir.path().display());
        for command in [
            "./clean.sh",
            "sh clean.sh",
            "tools/x",
            "sh -c 'x; ./clean.sh'",
            &absolute,
        ] {
            assert!(inside(command), "{command}");
        }
    }
}
