//! Blocks of a document: mappings and lists by indentation.

use super::construct::Given;
use super::document::YamlError;
use super::parser::{Pair, Parser, Placed};
use super::value::Value;

impl Parser<'_> {
    /// Reads the value that belongs to what was just read. It stands at
    /// `least` or further right; a list may stand at `list_column`. `keys`
    /// says whether a mapping or a list may begin on this very line.
    pub(super) fn block_value(
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
}
