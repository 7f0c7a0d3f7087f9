//! What reading any value needs: anchors, tags, limits.

use std::collections::HashMap;
use std::ops::Range;

use super::construct::{self, Given, Tag};
use super::cursor::{Cursor, is_blank_or_end};
use super::document::YamlError;
use super::value::Value;

/// How deep values may stand in each other.
const MAX_DEPTH: usize = 60;

/// How many values a document may hold once its aliases are followed.
const MAX_VALUES: usize = 100_000;

/// A value and where it stands.
pub(super) type Placed = (Value, Range<usize>);

/// Where the values of a mapping stand; none for those merged in.
pub(super) type Places = Vec<Option<Range<usize>>>;

pub(super) struct Parser<'a> {
    pub(super) at: Cursor<'a>,
    anchors: HashMap<String, (Value, usize)>,
    pub(super) depth: usize,
    pub(super) values: usize,
    /// The places of the outermost mapping's values.
    pub(super) places: Option<Places>,
    pub(super) column: usize,
    /// Where the last thing that was read ends, without what follows it.
    pub(super) end: usize,
}

/// What stands before a value: an anchor, a tag.
#[derive(Default)]
pub(super) struct Properties {
    anchor: Option<String>,
    tag: Option<Tag>,
}

impl Properties {
    pub(super) const fn any(&self) -> bool {
        self.anchor.is_some() || self.tag.is_some()
    }
}

/// One entry of a mapping before it is put together.
pub(super) struct Pair {
    pub(super) key: Value,
    pub(super) merges: bool,
    pub(super) value: Value,
    pub(super) place: Range<usize>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            at: Cursor::new(text),
            anchors: HashMap::new(),
            depth: 0,
            values: 0,
            places: None,
            column: 0,
            end: 0,
        }
    }

    pub(super) fn fail<T>(&self, problem: impl Into<String>) -> Result<T, YamlError> {
        Err(YamlError {
            problem: problem.into(),
            line: self.at.line,
        })
    }

    fn deeper(&mut self) -> Result<(), YamlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fail("values stand too deep in each other");
        }
        Ok(())
    }

    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, YamlError>,
    ) -> Result<T, YamlError> {
        self.deeper()?;
        let read = read(self);
        self.depth -= 1;
        read
    }

    pub(super) fn count(&mut self, values: usize) -> Result<(), YamlError> {
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            return self.fail("the document holds too many values");
        }
        Ok(())
    }

    /// Puts the entries of a mapping together: what is merged in comes first,
    /// and of several equal keys the last value counts at the first place.
    pub(super) fn assemble(&self, pairs: Vec<Pair>) -> Result<(Value, Places), YamlError> {
        let mut entries: Vec<(Value, Value, Option<Range<usize>>)> = Vec::new();
        let mut own = Vec::new();
        for pair in pairs {
            if pair.merges {
                let Some(merged) = construct::merged(&pair.value) else {
                    return self.fail("expected a mapping or list of mappings for merging");
                };
                entries.extend(merged.into_iter().map(|(key, value)| (key, value, None)));
            } else {
                own.push((pair.key, pair.value, Some(pair.place)));
            }
        }
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut kept: Vec<(Value, Value, Option<Range<usize>>)> = Vec::new();
        for (key, value, place) in entries.into_iter().chain(own) {
            let Some(name) = construct::hashed(&key) else {
                return self.fail("found unhashable key");
            };
            if let Some(at) = index.get(&name) {
                kept[*at].1 = value;
                kept[*at].2 = place;
            } else {
                index.insert(name, kept.len());
                kept.push((key, value, place));
            }
        }
        let places = kept.iter().map(|(_, _, place)| place.clone()).collect();
        let entries = kept
            .into_iter()
            .map(|(key, value, _)| (key, value))
            .collect();
        Ok((Value::Map(entries), places))
    }

    /// Reads the anchor and the tag before a value.
    pub(super) fn properties(&mut self) -> Result<Properties, YamlError> {
        let mut properties = Properties::default();
        loop {
            match self.at.peek() {
                Some('&') if properties.anchor.is_none() => {
                    self.at.bump();
                    properties.anchor = Some(self.anchor_name()?);
                }
                Some('!') if properties.tag.is_none() => {
                    let rest = self.at.rest();
                    let end = rest
                        .find(|c: char| is_blank_or_end(Some(c)) || matches!(c, ',' | ']' | '}'))
                        .unwrap_or(rest.len());
                    properties.tag = Some(Tag::read(&rest[..end]));
                    self.at.pos += end;
                }
                _ => return Ok(properties),
            }
            if !is_blank_or_end(self.at.peek())
                && !matches!(self.at.peek(), Some(',' | ']' | '}' | ':'))
            {
                return self.fail("expected a blank after an anchor or a tag");
            }
            self.at.skip_spaces();
        }
    }

    pub(super) fn anchor_name(&mut self) -> Result<String, YamlError> {
        let rest = self.at.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
            .unwrap_or(rest.len());
        if end == 0 {
            return self.fail("expected the name of an anchor");
        }
        self.at.pos += end;
        Ok(rest[..end].to_owned())
    }

    /// Follows an alias.
    pub(super) fn alias(&mut self) -> Result<Value, YamlError> {
        self.at.bump();
        let name = self.anchor_name()?;
        let Some((value, size)) = self.anchors.get(&name).cloned() else {
            return self.fail(format!("found undefined alias '{name}'"));
        };
        self.count(size)?;
        Ok(value)
    }

    /// Gives a value its meaning and remembers its anchor.
    pub(super) fn finish(
        &mut self,
        given: Given,
        properties: &Properties,
    ) -> Result<Value, YamlError> {
        self.count(1)?;
        let value = match construct::construct(given, properties.tag.as_ref()) {
            Ok(value) => value,
            Err(problem) => return self.fail(problem),
        };
        if let Some(anchor) = &properties.anchor {
            let size = construct::size(&value);
            self.anchors.insert(anchor.clone(), (value.clone(), size));
        }
        Ok(value)
    }
}
