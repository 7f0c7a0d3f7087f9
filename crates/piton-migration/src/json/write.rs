//! The writer, whose bytes agree with the original's.

use std::fmt::Write;

use super::surrogate::{Unit, units};

/// What is to be written.
#[derive(Clone, Debug)]
pub enum Node<'a> {
    Null,
    Bool(bool),
    Int(u64),
    String(&'a str),
    Array(Vec<Node<'a>>),
    /// Members in any order; keys are ASCII and unique.
    Object(Vec<(&'static str, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// Returns the string, or null for none.
    pub(crate) fn or_null(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::String)
    }
}

/// Renders a value: keys sorted, two-space indent, ASCII only, one newline at
/// the end.
pub fn render(node: &Node<'_>) -> String {
    let mut out = String::with_capacity(1024);
    write_node(&mut out, node, 0);
    out.push('\n');
    out
}

fn write_node(out: &mut String, node: &Node<'_>, depth: usize) {
    match node {
        Node::Null => out.push_str("null"),
        Node::Bool(true) => out.push_str("true"),
        Node::Bool(false) => out.push_str("false"),
        Node::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Node::String(text) => write_string(out, text),
        Node::Array(items) if items.is_empty() => out.push_str("[]"),
        Node::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                new_line(out, index, depth + 1);
                write_node(out, item, depth + 1);
            }
            out.push('\n');
            indent(out, depth);
            out.push(']');
        }
        Node::Object(members) if members.is_empty() => out.push_str("{}"),
        Node::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                new_line(out, index, depth + 1);
                write_string(out, key);
                out.push_str(": ");
                write_node(out, value, depth + 1);
            }
            out.push('\n');
            indent(out, depth);
            out.push('}');
        }
    }
}

fn new_line(out: &mut String, index: usize, depth: usize) {
    out.push_str(if index == 0 { "\n" } else { ",\n" });
    indent(out, depth);
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for unit in units(text) {
        match unit {
            Unit::Char('"') => out.push_str("\\\""),
            Unit::Char('\\') => out.push_str("\\\\"),
            Unit::Char('\n') => out.push_str("\\n"),
            Unit::Char('\r') => out.push_str("\\r"),
            Unit::Char('\t') => out.push_str("\\t"),
            Unit::Char('\u{8}') => out.push_str("\\b"),
            Unit::Char('\u{c}') => out.push_str("\\f"),
            Unit::Char(c @ ' '..='~') => out.push(c),
            Unit::Char(c) => {
                for half in c.encode_utf16(&mut [0; 2]) {
                    escape(out, *half);
                }
            }
            Unit::Half(half) => escape(out, half),
        }
    }
    out.push('"');
}

fn escape(out: &mut String, unit: u16) {
    let _ = write!(out, "\\u{unit:04x}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Value, parse};

    #[test]
    fn keys_are_sorted_and_everything_outside_ascii_is_escaped() {
        let node = Node::Object(vec![
            ("b", Node::Array(vec![])),
            ("a", Node::String("\u{7f}\u{e9}\u{1F600}/\t\u{0}")),
            ("c", Node::Array(vec![Node::Int(1), Node::Bool(true)])),
        ]);
        assert_eq!(
            render(&node),
            "{\n  \"a\": \"\\u007f\\u00e9\\ud83d\\ude00/\\t\\u0000\",\n  \"b\": [],\n  \"c\": [\n    1,\n    true\n  ]\n}\n"
        );
    }

    #[test]
    fn a_lone_half_is_written_as_it_was_read() {
        let text = "\"a\\udc80b\"";
        let Ok(Value::String(read)) = parse(text) else {
            panic!("a string")
        };
        assert_eq!(render(&Node::String(&read)).trim_end(), text);
    }
}
