//! What GitHub says in an answer that is no success.

use serde_json::Value;

use super::token::Token;

/// The most that is repeated of a message.
const MOST: usize = 600;

/// Takes the message out of a body: GitHub's own words with the particulars
/// behind them, on one line, without anything that a terminal would obey and
/// without the token.
pub(super) fn of(body: &[u8], token: Option<&Token>) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(value) => spoken(&value),
        Err(_) => "no message".to_owned(),
    };
    clean(&text, token)
}

pub(super) fn clean(text: &str, token: Option<&Token>) -> String {
    let text = token.map_or_else(|| text.to_owned(), |token| token.hidden_in(text));
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(
            word.chars()
                .filter(|c| !c.is_control() && !bidirectional(*c)),
        );
        if out.len() > MOST {
            let end = (0..=MOST).rev().find(|at| out.is_char_boundary(*at));
            out.truncate(end.unwrap_or(0));
            out.push('…');
            break;
        }
    }
    out
}

/// Characters that turn the order of what follows on a terminal.
fn bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn spoken(value: &Value) -> String {
    let message = value["message"].as_str().unwrap_or("no message");
    let mut particulars = Vec::new();
    match &value["errors"] {
        Value::Array(errors) => particulars.extend(errors.iter().filter_map(particular)),
        Value::String(error) => particulars.push(error.clone()),
        _ => {}
    }
    if particulars.is_empty() {
        message.to_owned()
    } else {
        format!("{message}: {}", particulars.join("; "))
    }
}

fn particular(error: &Value) -> Option<String> {
    if let Some(text) = error.as_str() {
        return Some(text.to_owned());
    }
    let words: Vec<&str> = ["resource", "field", "code", "message"]
        .into_iter()
        .filter_map(|name| error[name].as_str())
        .filter(|word| *word != "custom")
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn githubs_message_is_kept_with_its_particulars() {
        let body = br#"{"message": "Validation Failed", "errors": [
            {"resource": "Label", "field": "name", "code": "already_exists"},
            {"resource": "PullRequest", "code": "custom", "message": "No commits"}, "plain"]}"#;
        assert_eq!(
            of(body, None),
            "Validation Failed: Label name already_exists; PullRequest No commits; plain"
        );
        assert_eq!(of(b"<html>", None), "no message");
    }

    #[test]
    fn a_message_can_neither_steer_a_terminal_nor_show_the_token() {
        let token: Token = "ghp_1".parse().unwrap();
        let body = br#"{"message": "a\u001b[2Jb\nghp_1 \u202ec"}"#;
        assert_eq!(of(body, Some(&token)), "a[2Jb *** c");
        let long = format!(r#"{{"message": "{}"}}"#, "\u{e9}".repeat(9000));
        assert!(of(long.as_bytes(), None).len() < 700);
    }
}
