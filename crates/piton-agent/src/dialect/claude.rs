//! Claude Code's stream of JSON events.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::json::{self, at, number, text};
use super::partial::Partial;
use super::{Dialect, Failure, Lines, Retrying, Transcript};
use crate::distinct;
use crate::usage::Usage;
use crate::watchdog::Standing;

/// Reads `--output-format stream-json`, and `json` and `json --verbose` alike.
///
/// Every event is looked at by its `type`, wherever in the line it stands; what
/// is unknown is left alone, since each release brings new events and fields.
#[derive(Debug, Default)]
pub(crate) struct ClaudeStream {
    lines: Lines,
    events: Events,
}

impl Dialect for ClaudeStream {
    fn feed(&mut self, chunk: &[u8]) {
        self.lines.feed(chunk, |line| self.events.line(line));
    }

    fn standing(&self) -> Standing {
        let events = &self.events;
        if events.so_far.finished && events.background == 0 {
            Standing::Finished
        } else if events.so_far.finished {
            // A background task will wake the model once more, or is a server
            // that never ends: it is given the silence of a thinking agent.
            Standing::Working
        } else if events.so_far.retrying.is_some() {
            Standing::Retrying
        } else if !events.tools.is_empty() || events.background > 0 {
            Standing::InTool
        } else {
            Standing::Working
        }
    }

    fn so_far(&self) -> &Transcript {
        &self.events.so_far
    }

    fn finish(self: Box<Self>) -> Transcript {
        let mut events = self.events;
        events.so_far.overflow = self.lines.finish(|line| events.line(line)) > 0;
        let mut transcript = events.so_far;
        // Without a result that succeeded, what was said is all there is.
        let succeeded = transcript.finished && transcript.failure.is_none();
        if !succeeded && transcript.text.is_none() && !events.said.is_empty() {
            transcript.text = Some(events.said.join("\n"));
        }
        transcript
    }
}

#[derive(Debug, Default)]
struct Events {
    so_far: Transcript,
    /// The text of each assistant message, for a stream that has no result.
    said: Vec<String>,
    /// Tool calls without a result yet.
    tools: BTreeSet<String>,
    /// Background tasks that keep the process alive past a result.
    background: usize,
    error_words: Vec<String>,
    until: Option<Timestamp>,
    own_parts: Option<(Usage, f64)>,
    /// What was consumed since the last result.
    partial: Partial,
    /// What the last result told.
    settled: Option<Usage>,
}

impl Events {
    fn line(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        self.so_far.lines += 1;
        match json::read(line) {
            Some(Value::Array(events)) => events.iter().for_each(|event| self.event(event)),
            Some(event) if event.get("type").is_some_and(Value::is_string) => self.event(&event),
            _ => return self.so_far.unread_lines += 1,
        }
        if self.so_far.structured.is_some()
            && let Some(doubled) = doubled_answer(line)
        {
            self.so_far.text = Some(doubled);
        }
    }

    fn event(&mut self, event: &Value) {
        if let Some(session) = text(event, &["session_id"]) {
            self.so_far.session = Some(session.to_owned());
        }
        let kind = text(event, &["type"]).unwrap_or_default();
        let subtype = text(event, &["subtype"]).unwrap_or_default();
        match (kind, subtype) {
            ("system", "api_retry") => self.retry(event),
            ("system", "init") => {
                // A further turn of the same process: its result is still to come.
                self.so_far.finished = false;
                self.so_far.model = text(event, &["model"]).map(str::to_owned);
            }
            ("system", "background_tasks_changed") => {
                self.background = event
                    .get("tasks")
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
            }
            ("rate_limit_event", _) => self.rate_limit(event),
            ("assistant", _) => self.assistant(event),
            ("user", _) => self.tool_results(event),
            ("stream_event", _) => self.partial(event),
            ("result", _) => self.result(event),
            _ => {}
        }
    }

    fn retry(&mut self, event: &Value) {
        let word = text(event, &["error"]).unwrap_or("unknown");
        let status = event.get("error_status").and_then(Value::as_u64);
        let (attempt, of) = (number(event, "attempt"), number(event, "max_retries"));
        let mut words = vec![word.to_owned()];
        words.extend(status.map(|status| format!("status:{status}")));
        let status = status.map_or(String::new(), |status| format!(" (status {status})"));
        let failure = Failure {
            words,
            message: format!("{word}{status}, retry {attempt} of {of}"),
            until: self.until,
        };
        let before = self.so_far.retrying.take();
        self.so_far.retrying = Some(Retrying::again(before, failure));
    }

    fn partial(&mut self, event: &Value) {
        self.so_far.retrying = None;
        self.partial.event(event);
        let mut sum = self.partial.sum();
        if let (Some(sum), Some(settled)) = (&mut sum, self.settled) {
            *sum += settled;
        }
        self.so_far.usage = sum.or(self.so_far.usage);
    }

    fn rate_limit(&mut self, event: &Value) {
        let info = event.get("rate_limit_info").unwrap_or(event);
        let resets = info.get("resetsAt").and_then(Value::as_i64);
        if text(info, &["status"]) == Some("rejected") {
            self.until = resets.and_then(|second| Timestamp::from_second(second).ok());
        }
    }

    fn assistant(&mut self, event: &Value) {
        self.so_far.retrying = None;
        if let Some(word) = text(event, &["error"]) {
            self.error_words.push(word.to_owned());
        }
        // A helper's words are not the agent's own.
        let own = event.get("parent_tool_use_id").is_none_or(Value::is_null);
        let Some(blocks) = at(event, &["message", "content"]).and_then(Value::as_array) else {
            return;
        };
        let mut said = String::new();
        for block in blocks {
            match text(block, &["type"]) {
                Some("text") if own => said.push_str(text(block, &["text"]).unwrap_or_default()),
                Some("tool_use") => {
                    self.tools.extend(text(block, &["id"]).map(str::to_owned));
                    self.so_far.doing = Some(tool_in_words(block));
                }
                _ => {}
            }
        }
        if !said.is_empty() {
            self.so_far.doing = Some(said.clone());
            self.said.push(said);
        }
    }

    fn tool_results(&mut self, event: &Value) {
        let blocks = at(event, &["message", "content"]).and_then(Value::as_array);
        for block in blocks.into_iter().flatten() {
            if let Some(id) = text(block, &["tool_use_id"]) {
                self.tools.remove(id);
            }
        }
    }

    /// Takes the end of a turn. The last one of the stream counts.
    fn result(&mut self, event: &Value) {
        self.so_far.finished = true;
        self.so_far.retrying = None;
        self.tools.clear();
        self.consumption(event);
        self.so_far.denials = denials(event);
        let failed = event
            .get("is_error")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let result = text(event, &["result"]);
        if failed {
            self.so_far.failure = Some(self.failure(event, result));
            return;
        }
        self.so_far.failure = None;
        if let Some(structured) = event
            .get("structured_output")
            .filter(|value| !value.is_null())
        {
            self.so_far.structured = Some(structured.clone());
        }
        let Some(result) = result else { return };
        // A later turn that says nothing does not take back what was said.
        if !result.is_empty() || self.so_far.text.is_none() {
            self.so_far.text = Some(result.to_owned());
        }
    }

    fn failure(&self, event: &Value, result: Option<&str>) -> Failure {
        let mut words = self.error_words.clone();
        let mut word = |prefix: &str, key: &str| match event.get(key) {
            Some(Value::String(text)) => words.push(format!("{prefix}:{text}")),
            Some(Value::Number(number)) => words.push(format!("{prefix}:{number}")),
            _ => {}
        };
        word("status", "api_error_status");
        word("error", "api_error_type");
        word("stop", "stop_reason");
        word("terminal", "terminal_reason");
        word("subtype", "subtype");
        let listed = event
            .get("errors")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let listed = listed
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("; ");
        let message = result.map_or(listed, str::to_owned);
        Failure {
            words,
            message,
            until: self.until,
        }
    }

    /// Adds up what the turn consumed. `modelUsage` also counts helpers, which
    /// `usage` leaves out; after a resume it counts the whole session, so that
    /// the run's own part is taken where the release tells it.
    fn consumption(&mut self, event: &Value) {
        if let Some(part) = event
            .get("model_usage_since_last_result")
            .filter(|part| part.is_object())
        {
            let (part, cost) = models(part);
            let own = self.own_parts.get_or_insert_default();
            own.0 += part;
            own.1 += cost;
            (self.so_far.usage, self.so_far.cost) = (Some(own.0), Some(own.1));
        } else if let Some(whole) = event.get("modelUsage").filter(|whole| whole.is_object()) {
            self.so_far.usage = Some(models(whole).0);
            self.so_far.cost = event.get("total_cost_usd").and_then(Value::as_f64);
        } else {
            return;
        }
        self.partial.clear();
        self.settled = self.so_far.usage;
    }
}

/// Returns the structured answer of a line as it was written, where a key comes
/// twice in it: what was read holds one of the two values, and whoever takes the
/// answer must see that there was another.
fn doubled_answer(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Event<'a> {
        #[serde(borrow)]
        structured_output: Option<&'a RawValue>,
    }
    let line = String::from_utf8_lossy(line);
    let line = line.trim();
    let events = if line.starts_with('[') {
        serde_json::from_str::<Vec<Event<'_>>>(line)
    } else {
        serde_json::from_str(line).map(|event| vec![event])
    };
    let is_doubled = |text: &str| matches!(distinct::parse(text), Ok(Err(_)));
    match events {
        Ok(events) => events
            .iter()
            .filter_map(|event| Some(event.structured_output?.get()))
            .find(|answer| is_doubled(answer))
            .map(str::to_owned),
        // Twice given as a whole.
        Err(_) => is_doubled(line).then(|| line.to_owned()),
    }
}

/// `Bash: cargo test`, `Read: src/lib.rs`.
fn tool_in_words(block: &Value) -> String {
    let name = text(block, &["name"]).unwrap_or("a tool");
    let about = [
        "command",
        "file_path",
        "pattern",
        "path",
        "description",
        "url",
    ]
    .into_iter()
    .find_map(|key| text(block, &["input", key]));
    about.map_or_else(|| name.to_owned(), |about| format!("{name}: {about}"))
}

fn models(usage: &Value) -> (Usage, f64) {
    let mut sum = Usage::default();
    let mut cost = 0.0;
    for model in usage
        .as_object()
        .into_iter()
        .flat_map(|models| models.values())
    {
        sum += Usage {
            input_tokens: number(model, "inputTokens"),
            cached_input_tokens: number(model, "cacheReadInputTokens"),
            cache_write_tokens: number(model, "cacheCreationInputTokens"),
            output_tokens: number(model, "outputTokens"),
            reasoning_tokens: number(model, "thinkingTokens"),
        };
        cost += model.get("costUSD").and_then(Value::as_f64).unwrap_or(0.0);
    }
    (sum, cost)
}

fn denials(event: &Value) -> Vec<String> {
    let denials = event.get("permission_denials").and_then(Value::as_array);
    let names = denials
        .into_iter()
        .flatten()
        .filter_map(|denial| text(denial, &["tool_name"]));
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Transcript {
        let mut stream = Box::new(ClaudeStream::default());
        stream.feed(lines.as_bytes());
        stream.finish()
    }

    #[test]
    fn a_key_that_comes_twice_in_an_answer_is_kept_for_whoever_takes_it() {
        let result = |answer: &str| {
            format!("{{\"type\":\"result\",\"result\":\"ok\",\"structured_output\":{answer}}}\n")
        };
        let once = read(&result(r#"{"findings":[]}"#));
        assert_eq!(once.text.as_deref(), Some("ok"));
        let doubled = r#"{"findings":[{"a":1}],"findings":[]}"#;
        assert_eq!(read(&result(doubled)).text.as_deref(), Some(doubled));
        let array = format!("[{}]", result(doubled).trim_end());
        assert_eq!(read(&array).text.as_deref(), Some(doubled));
        let both = r#"{"type":"result","result":"ok","structured_output":{"a":1},"structured_output":{"a":2}}"#;
        assert_eq!(read(both).text.as_deref(), Some(both));
    }
}
