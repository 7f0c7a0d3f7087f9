//! Blocks of a document: mappings and lists by indentation.

use std::collections::HashMap;
use std::ops::Range;

use super::construct::{self, Given, Tag};
use super::cursor::{Cursor, is_blank_or_end, is_break};
use super::document::{Document, YamlError};
use super::value::Value;

/// How deep values may stand in each other.
const MAX_DEPTH: usize = 60;

/// How many values a document may hold once its aliases are followed.
const MAX_VALUES: usize = 100_000;

/// A value and where it stands.
pub(super) type Placed = (Value, Range<usize>);

/// Where the values of a mapping stand; none for those merged in.
type Places = Vec<Option<Range<usize>>>;

pub(super) struct Parser<'a> {
    pub(super) at: Cursor<'a>,
    anchors: HashMap<String, (Value, usize)>,
    depth: usize,
    values: usize,
    /// The places of the outermost mapping's values.
    places: Option<Places>,
    column: usize,
    /// Where the last thing that was read ends, without what follows it.
    end: usize,
}

/// What stands before a value: an anchor, a tag.
#[derive(Default)]
pub(super) struct Properties {
    anchor: Option<String>,
    tag: Option<Tag>,
}

impl Properties {
    const fn any(&self) -> bool {
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

    pub(super) fn document(mut self) -> Result<Document, YamlError> {
        if let Some(strange) = self.at.text.chars().find(|c| !printable(*c)) {
            return self.fail(format!(
                "special characters are not allowed: {}",
                strange.escape_unicode()
            ));
        }
        if self.at.rest().starts_with('\u{feff}') {
            self.at.bump();
            self.at.line_start = self.at.pos;
        }
        self.at.skip_trivia();
        let mut directives = false;
        while self.at.pos == self.at.line_start && self.at.peek() == Some('%') {
            directives = true;
            while self.at.peek().is_some_and(|c| !is_break(c)) {
                self.at.bump();
            }
            self.at.skip_trivia();
        }
        let explicit = self.at.at_marker() && self.at.rest().starts_with("---");
        if explicit {
            self.at.pos += 3;
        } else if directives {
            return self.fail("expected '<document start>'");
        }
        let (value, _) = self.block_value(0, None, !explicit)?;
        self.at.skip_trivia();
        while self.at.at_marker() && self.at.rest().starts_with("...") {
            self.at.pos += 3;
            self.at.skip_trivia();
        }
        if !self.at.at_end() {
            return self.fail(if self.at.at_marker() {
                "expected a single document in the stream"
            } else {
                "expected the end of the document"
            });
        }
        Ok(Document {
            value,
            places: self.places,
            column: self.column,
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

    /// Reads the value that belongs to what was just read. It stands at
    /// `least` or further right; a list may stand at `list_column`. `keys`
    /// says whether a mapping or a list may begin on this very line.
    fn block_value(
        &mut self,
        least: usize,
        list_column: Option<usize>,
        keys: bool,
    ) -> Result<Placed, YamlError> {
        self.nested(|parser| parser.block_value_here(least, list_column, keys))
    }

    fn block_value_here(
        &mut self,
        least: usize,
        list_column: Option<usize>,
        mut keys: bool,
    ) -> Result<Placed, YamlError> {
        let outermost = self.depth == 1;
        let before = self.at.pos;
        keys |= self.at.skip_trivia();
        if self.nothing_here(least, list_column) {
            self.count(1)?;
            return Ok((Value::null(), before..before));
        }
        let start = self.at.pos;
        if keys && let Some(column) = self.implicit_key() {
            let value = self.block_mapping(column, outermost)?;
            return Ok((value, start..self.end));
        }
        let properties = self.properties()?;
        if properties.any() {
            let after = self.at.pos;
            if self.at.skip_trivia() {
                keys = true;
            }
            if self.nothing_here(least, list_column) {
                let value = self.finish(Given::Plain(String::new()), &properties)?;
                return Ok((value, start..after));
            }
        }
        if self.at.at_indicator('-') {
            if !keys {
                return self.fail("sequence entries are not allowed here");
            }
            let value = self.block_list(self.at.column())?;
            let value = self.finish(Given::List(value), &properties)?;
            return Ok((value, start..self.end));
        }
        if keys && let Some(column) = self.implicit_key() {
            let value = self.block_mapping(column, outermost && !properties.any())?;
            let value = self.finish(Given::Made(value), &properties)?;
            return Ok((value, start..self.end));
        }
        let given = match self.at.peek() {
            Some('|' | '>') => Given::Quoted(self.block_scalar(least)?),
            _ => self.flow_content(least, false)?,
        };
        self.end = self.at.pos;
        let value = self.finish(given, &properties)?;
        Ok((value, start..self.end))
    }

    fn nothing_here(&self, least: usize, list_column: Option<usize>) -> bool {
        if self.at.at_end() || self.at.at_marker() {
            return true;
        }
        if !self.at.fresh_line() {
            return false;
        }
        let column = self.at.column();
        column < least && !(list_column == Some(column) && self.at.at_indicator('-'))
    }

    /// Returns the column of a mapping, if its first key stands here.
    fn implicit_key(&mut self) -> Option<usize> {
        let column = self.at.column();
        if self.at.at_indicator('?') {
            return Some(column);
        }
        if self.at.at_indicator('-') || matches!(self.at.peek(), Some('|' | '>')) {
            return None;
        }
        let saved = self.at.clone();
        let values = self.values;
        let found = self.simple_key().is_ok() && {
            self.at.skip_spaces();
            self.at.at_indicator(':')
        };
        self.at = saved;
        self.values = values;
        found.then_some(column)
    }

    /// Reads a key that stands on one line.
    fn simple_key(&mut self) -> Result<(Value, bool), YamlError> {
        let line = self.at.line;
        let start = self.at.pos;
        let properties = self.properties()?;
        self.at.skip_spaces();
        let content = self.at.pos;
        let given = if self.at.at_indicator(':') {
            Given::Plain(String::new())
        } else {
            self.nested(|parser| parser.flow_content(usize::MAX, false))?
        };
        let merges = !properties.any() && &self.at.text[content..self.at.pos] == "<<";
        if self.at.line != line || self.at.pos - start > 1024 {
            return self.fail("could not find expected ':'");
        }
        let given = match given {
            // As keys these two are texts.
            Given::Plain(text) if text == "<<" || text == "=" => Given::Quoted(text),
            given => given,
        };
        Ok((self.finish(given, &properties)?, merges))
    }

    fn block_mapping(&mut self, column: usize, outermost: bool) -> Result<Value, YamlError> {
        let mut pairs = Vec::new();
        loop {
            let (key, merges) = if self.at.at_indicator('?') {
                self.at.bump();
                (self.block_value(column + 1, Some(column), true)?.0, false)
            } else {
                self.simple_key()?
            };
            self.at.skip_spaces();
            let complex = self.at.fresh_line() || self.at.peek() != Some(':');
            if complex {
                self.at.skip_trivia();
            }
            let (value, place) =
                if self.at.at_indicator(':') && (!complex || self.at.column() == column) {
                    self.at.bump();
                    self.end = self.at.pos;
                    self.block_value(column + 1, Some(column), complex)?
                } else if complex {
                    (Value::null(), self.at.pos..self.at.pos)
                } else {
                    return self.fail("could not find expected ':'");
                };
            pairs.push(Pair {
                key,
                merges,
                value,
                place,
            });
            self.at.skip_trivia();
            if self.at.at_end() || self.at.at_marker() {
                break;
            }
            if !self.at.fresh_line() {
                return self.fail("mapping values are not allowed here");
            }
            let here = self.at.column();
            if here < column {
                break;
            }
            if here > column {
                return self.fail("expected <block end>");
            }
        }
        let (value, places) = self.assemble(pairs)?;
        if outermost {
            self.places = Some(places);
            self.column = column;
        }
        Ok(value)
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

    fn block_list(&mut self, column: usize) -> Result<Vec<Value>, YamlError> {
        let mut items = Vec::new();
        loop {
            self.at.bump();
            self.end = self.at.pos;
            items.push(self.block_value(column + 1, None, true)?.0);
            self.at.skip_trivia();
            if self.at.at_end() || self.at.at_marker() {
                return Ok(items);
            }
            if !self.at.fresh_line() {
                return self.fail("expected <block end>");
            }
            let here = self.at.column();
            if here < column || !self.at.at_indicator('-') {
                return Ok(items);
            }
            if here > column {
                return self.fail("expected <block end>");
            }
        }
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

const fn printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}
