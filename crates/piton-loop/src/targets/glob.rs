//! Patterns for paths, as the original reads them.
//!
//! Matched against whole paths below the top of the repository, by case. `*`
//! and `?` stay within a name; `**/` at the start or after `/` stands for any
//! number of directories, none included; any other `**` for anything. Brackets
//! and braces are themselves.

/// One pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(Vec<Part>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Literal(char),
    /// `?`: one character, no slash.
    One,
    /// `*`: any characters, no slash.
    Name,
    /// `**/` at the start of a name: any number of whole directories.
    Directories,
    /// `**`: anything.
    Anything,
}

impl Glob {
    pub fn new(pattern: &str) -> Self {
        let chars: Vec<char> = pattern.chars().collect();
        let mut parts = Vec::with_capacity(chars.len());
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            let next = |ahead: usize| chars.get(at + ahead).copied();
            let begins_name = at == 0 || chars[at - 1] == '/';
            let (part, length) = match c {
                '*' if next(1) == Some('*') && next(2) == Some('/') && begins_name => {
                    (Part::Directories, 3)
                }
                '*' if next(1) == Some('*') => (Part::Anything, 2),
                '*' => (Part::Name, 1),
                '?' => (Part::One, 1),
                c => (Part::Literal(c), 1),
            };
            parts.push(part);
            at += length;
        }
        Self(parts)
    }

    /// Tells whether the whole path matches.
    pub fn matches(&self, path: &str) -> bool {
        // The set of places in the pattern that the path so far can lead to:
        // no pattern can make this slower than its length times the path's.
        let mut at = vec![false; self.0.len() + 1];
        at[0] = true;
        self.skip_empty(&mut at, true);
        for c in path.chars() {
            let mut next = vec![false; at.len()];
            for (place, part) in self.0.iter().enumerate() {
                if !at[place] {
                    continue;
                }
                match part {
                    Part::Literal(literal) => next[place + 1] |= *literal == c,
                    Part::One => next[place + 1] |= c != '/',
                    Part::Name => next[place] |= c != '/',
                    // Directories may end past a slash, as is seen below.
                    Part::Anything | Part::Directories => next[place] = true,
                }
            }
            self.skip_empty(&mut next, c == '/');
            at = next;
        }
        at.last().copied().unwrap_or(false)
    }

    /// Passes over parts that may stand for nothing.
    fn skip_empty(&self, at: &mut [bool], begins_name: bool) {
        for (place, part) in self.0.iter().enumerate() {
            let may_be_empty = match part {
                Part::Literal(_) | Part::One => false,
                Part::Name | Part::Anything => true,
                Part::Directories => begins_name,
            };
            if at[place] && may_be_empty {
                at[place + 1] = true;
            }
        }
    }
}

/// Splits a list of patterns at colons; empty ones are left out.
pub fn split(list: &str) -> Vec<String> {
    list.split(':')
        .map(str::trim)
        .filter(|pattern| !pattern.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Turns a list of extensions into patterns. What holds a `*` is one already.
pub fn of_extensions(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|extension| !extension.is_empty())
        .map(|extension| {
            if extension.contains('*') {
                extension.to_owned()
            } else {
                format!("**/*.{}", extension.trim_start_matches('.'))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_pattern_takes_no_longer_than_any_other() {
        let pattern = Glob::new(&"*a".repeat(200));
        assert!(!pattern.matches(&"a".repeat(5_000).replace("aaaa", "aaab/")));
        assert!(Glob::new(&"**".repeat(50)).matches("a/b"));
    }

    #[test]
    fn directories_are_whole_names() {
        let glob = Glob::new("src/**/b");
        for (path, matches) in [("src/b", true), ("src/x/y/b", true), ("src/xb", false)] {
            assert_eq!(glob.matches(path), matches, "{path}");
        }
        assert!(Glob::new("a**b").matches("a/x/b"));
    }
}
