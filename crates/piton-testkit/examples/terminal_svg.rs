//! Draws what a terminal shows as an SVG: text with its colours on standard
//! input, the picture on standard output.
//!
//! `--from TEXT` begins at the first line that holds it, `--lines N` ends after
//! as many. How the picture of the README is made stands in CONTRIBUTING.md.
#![expect(clippy::print_stdout, reason = "a program of its own, which prints")]

use std::fmt::Write as _;
use std::io::Read as _;

const WIDTH: usize = 82;
const LINE: usize = 18;
const COLUMN: f32 = 8.43;
const MARGIN: usize = 16;

/// A piece of a line in one style.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    class: String,
    text: String,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .expect("text on standard input");
    let from = option("--from").unwrap_or_default();
    let most = option("--lines").and_then(|lines| lines.parse().ok());
    let text = undated(&text);
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.contains(&from))
        .take(most.unwrap_or(usize::MAX))
        .collect();
    print!("{}", draw(&lines));
}

/// Puts a day of no meaning in place of the day on which a run began.
fn undated(text: &str) -> String {
    let is_run = |word: &str| {
        let (day, time) = word.split_at_checked(8).unwrap_or((word, ""));
        day.bytes().all(|b| b.is_ascii_digit()) && time.starts_with('T') && time.contains('-')
    };
    let is_day = |word: &str| {
        let mut parts = word.split('-').map(str::len);
        [parts.next(), parts.next(), parts.next()] == [Some(4), Some(2), Some(2)]
            && word.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    };
    let words = text.split(' ').map(|word| {
        if is_day(word) {
            "2026-06-01".to_owned()
        } else if word.split_once('T').is_some_and(|(day, _)| is_day(day)) {
            "2026-06-01T12:00:00.000+00:00".to_owned()
        } else if is_run(word.trim()) {
            word.replacen(word.trim(), "20260601T120000-123456", 1)
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn draw(lines: &[&str]) -> String {
    let height = lines.len() * LINE + 2 * MARGIN;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a terminal is some hundred columns wide"
    )]
    let width = WIDTH as f32 * COLUMN + 2.0 * MARGIN as f32;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height}\" role=\"img\" \
         aria-label=\"A terminal in which piton plans a migration, is killed, and carries on\">\n\
         <style>\n\
         text {{ font: 14px ui-monospace, Menlo, Consolas, monospace; white-space: pre; fill: #d8dee4 }}\n\
         .bold {{ font-weight: bold; fill: #ffffff }}\n\
         .cyan {{ fill: #76e3ea }}\n\
         .red {{ fill: #ff7b72 }}\n\
         .yellow {{ fill: #e3b341 }}\n\
         .green {{ fill: #7ee787 }}\n\
         </style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let y = MARGIN + (number + 1) * LINE - 5;
        let _ = write!(
            svg,
            "<text x=\"{MARGIN}\" y=\"{y}\" xml:space=\"preserve\">"
        );
        for Piece { class, text } in pieces(line) {
            let text = escaped(&text);
            if class.is_empty() {
                svg.push_str(&text);
            } else {
                let _ = write!(svg, "<tspan class=\"{class}\">{text}</tspan>");
            }
        }
        svg.push_str("</text>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

/// Splits a line at its colour sequences.
fn pieces(line: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut class = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        push(&mut pieces, &class, before);
        let (codes, after) = after.split_once('m').unwrap_or((after, ""));
        for code in codes.split(';') {
            match code {
                "" | "0" => class.clear(),
                "1" => "bold".clone_into(&mut class),
                "31" => "red".clone_into(&mut class),
                "32" => "green".clone_into(&mut class),
                "33" => "yellow".clone_into(&mut class),
                "36" => "cyan".clone_into(&mut class),
                _ => {}
            }
        }
        rest = after;
    }
    push(&mut pieces, &class, rest);
    pieces
}

fn push(pieces: &mut Vec<Piece>, class: &str, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece {
            class: class.to_owned(),
            text: text.to_owned(),
        });
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[test]
fn colours_become_classes_and_markup_becomes_text() {
    let drawn = draw(&["\u{1b}[36m$ a <b>\u{1b}[0m & c"]);
    assert!(
        drawn.contains("<tspan class=\"cyan\">$ a &lt;b&gt;</tspan> &amp; c</text>"),
        "{drawn}"
    );
}
