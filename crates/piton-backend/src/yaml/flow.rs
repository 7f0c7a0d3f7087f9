//! Values that stand within a line: aliases, quoted and plain scalars, lists
//! and mappings in brackets.

use super::construct::Given;
use super::cursor::is_break;
use super::document::YamlError;
use super::parser::{Pair, Parser};
use super::value::Value;

impl Parser<'_> {
    /// Reads a value that begins here. A plain scalar goes on over lines that
    /// stand at `least` or further right.
    pub(super) fn flow_content(
        &mut self,
        least: usize,
        in_brackets: bool,
    ) -> Result<Given, YamlError> {
        match self.at.peek() {
            Some('*') => Ok(Given::Made(self.alias()?)),
            Some('[') => Ok(Given::List(self.nested(Self::flow_list)?)),
            Some('{') => Ok(Given::Made(self.nested(Self::flow_mapping)?)),
            Some('\'') => Ok(Given::Quoted(self.quoted('\'')?)),
            Some('"') => Ok(Given::Quoted(self.quoted('"')?)),
            Some(c) if self.plain_may_begin(c, in_brackets) => {
                Ok(Given::Plain(self.plain(least, in_brackets)))
            }
            Some(c) => self.fail(format!(
                "found character '{}' that cannot start any token",
                c.escape_debug()
            )),
            None => self.fail("unexpected end"),
        }
    }

    fn flow_trivia(&mut self) -> Result<(), YamlError> {
        self.at.skip_trivia();
        if self.at.at_marker() {
            return self.fail("found a document marker within brackets");
        }
        Ok(())
    }

    fn flow_value(&mut self) -> Result<Value, YamlError> {
        self.flow_trivia()?;
        let properties = self.properties()?;
        self.flow_trivia()?;
        let given = match self.at.peek() {
            None | Some(',' | ']' | '}') => Given::Plain(String::new()),
            Some(':') if !self.plain_may_begin(':', true) => Given::Plain(String::new()),
            _ => self.flow_content(0, true)?,
        };
        self.finish(given, &properties)
    }

    /// Reads a key, or what turns out to be a value of its own.
    fn flow_pair(&mut self) -> Result<(Pair, bool), YamlError> {
        let explicit = self.at.at_indicator('?');
        if explicit {
            self.at.bump();
            self.flow_trivia()?;
        }
        let start = self.at.pos;
        // `<<` and `=` are values nowhere but as keys.
        let special = ["<<", "="].into_iter().find(|sign| {
            self.at
                .rest()
                .strip_prefix(sign)
                .is_some_and(|rest| rest.starts_with(|c: char| c == ':' || c == ' ' || is_break(c)))
        });
        let key = if let Some(sign) = special {
            self.at.pos += sign.len();
            Value::text(sign)
        } else {
            self.flow_value()?
        };
        let merges = &self.at.text[start..self.at.pos] == "<<";
        self.flow_trivia()?;
        let has_value = self.at.peek() == Some(':');
        let place = self.at.pos..self.at.pos;
        let value = if has_value {
            self.at.bump();
            self.flow_value()?
        } else {
            Value::null()
        };
        Ok((
            Pair {
                key,
                merges,
                value,
                place,
            },
            has_value || explicit,
        ))
    }

    fn flow_list(&mut self) -> Result<Vec<Value>, YamlError> {
        self.at.bump();
        let mut items = Vec::new();
        loop {
            self.flow_trivia()?;
            if self.at.peek() == Some(']') {
                self.at.bump();
                return Ok(items);
            }
            let (pair, is_pair) = self.flow_pair()?;
            items.push(if is_pair {
                self.assemble(vec![pair])?.0
            } else {
                pair.key
            });
            self.separator(']')?;
        }
    }

    fn flow_mapping(&mut self) -> Result<Value, YamlError> {
        self.at.bump();
        let mut pairs = Vec::new();
        loop {
            self.flow_trivia()?;
            if self.at.peek() == Some('}') {
                self.at.bump();
                return Ok(self.assemble(pairs)?.0);
            }
            pairs.push(self.flow_pair()?.0);
            self.separator('}')?;
        }
    }

    fn separator(&mut self, end: char) -> Result<(), YamlError> {
        self.flow_trivia()?;
        match self.at.peek() {
            Some(',') => {
                self.at.bump();
                Ok(())
            }
            Some(c) if c == end => Ok(()),
            _ => self.fail(format!("expected ',' or '{end}'")),
        }
    }
}
