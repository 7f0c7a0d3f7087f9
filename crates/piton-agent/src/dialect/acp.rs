//! The Agent Client Protocol: a conversation in JSON-RPC over the program's pipes.

mod named;
mod permission;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::json::{self, number, text};
use super::{Dialect, Failure, Lines, Opening, Transcript};
use crate::usage::Usage;
use crate::watchdog::Standing;
use permission::Rules;

/// The version of the protocol that is spoken here.
const VERSION: u64 = 1;
/// What an agent answers with when nobody is signed in.
const NOT_SIGNED_IN: i64 = -32000;
const NO_SUCH_METHOD: i64 = -32601;

/// Holds one session with an agent: says hello, opens a session, gives the
/// prompt, answers what the agent asks, and collects the reply.
#[derive(Debug)]
pub(crate) struct AcpStream {
    lines: Lines,
    session: Session,
}

impl AcpStream {
    pub(crate) fn new(opening: Opening) -> Self {
        let rules = Rules::new(&opening.writable, opening.sealed);
        let mut session = Session {
            stage: Stage::Hello,
            prompt: opening.prompt,
            directory: opening.directory,
            rules,
            outgoing: Vec::new(),
            open: BTreeMap::new(),
            speaking: false,
            so_far: Transcript::default(),
        };
        session.ask(
            "initialize",
            &json!({
                "protocolVersion": VERSION,
                "clientCapabilities": { "fs": { "readTextFile": false, "writeTextFile": false }, "terminal": false },
                "clientInfo": { "name": "piton", "title": "piton", "version": env!("CARGO_PKG_VERSION") },
            }),
        );
        Self {
            lines: Lines::default(),
            session,
        }
    }
}

impl Dialect for AcpStream {
    fn feed(&mut self, chunk: &[u8]) {
        self.lines.feed(chunk, |line| self.session.line(line));
    }

    fn standing(&self) -> Standing {
        match self.session.stage {
            Stage::Over => Standing::Finished,
            Stage::Prompt if !self.session.open.is_empty() => Standing::InTool,
            Stage::Hello | Stage::Opening | Stage::Prompt => Standing::Working,
        }
    }

    fn so_far(&self) -> &Transcript {
        &self.session.so_far
    }

    fn answers(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.session.outgoing)
    }

    fn finish(self: Box<Self>) -> Transcript {
        let mut session = self.session;
        session.so_far.overflow = self.lines.finish(|line| session.line(line)) > 0;
        session.so_far
    }
}

/// What was asked last; its number is the request's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Hello,
    Opening,
    Prompt,
    Over,
}

#[derive(Debug)]
struct Session {
    stage: Stage,
    prompt: String,
    directory: PathBuf,
    rules: Rules,
    outgoing: Vec<u8>,
    /// Tools that run, with what the agent told of each.
    open: BTreeMap<String, Value>,
    /// Whether the last thing that came was a part of what the agent says.
    speaking: bool,
    so_far: Transcript,
}

impl Session {
    fn line(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        self.so_far.lines += 1;
        let Some(message) = json::read(line).filter(Value::is_object) else {
            self.so_far.unread_lines += 1;
            return;
        };
        match (text(&message, &["method"]), message.get("id")) {
            (Some("session/update"), None) => self.update(&message["params"]["update"]),
            (Some("session/request_permission"), Some(id)) => {
                let outcome = self.permission(&message["params"]);
                self.answer(id, "result", &json!({ "outcome": outcome }));
            }
            (Some(method), Some(id)) => {
                let error = json!({ "code": NO_SUCH_METHOD, "message": format!("piton does not offer {method}") });
                self.answer(id, "error", &error);
            }
            (Some(_), None) => {}
            (None, id) => self.answered(id.and_then(Value::as_u64), &message),
        }
    }

    fn answered(&mut self, id: Option<u64>, message: &Value) {
        if id != Some(self.stage as u64) || self.stage == Stage::Over {
            self.so_far.unread_lines += 1;
            return;
        }
        if let Some(error) = message.get("error") {
            self.fail(error);
            return;
        }
        let result = &message["result"];
        match self.stage {
            Stage::Hello => {
                let spoken = result.get("protocolVersion").and_then(Value::as_u64);
                if spoken != Some(VERSION) {
                    let spoken = spoken.map_or("none".to_owned(), |version| version.to_string());
                    self.end(failure(
                        "version",
                        format!("the agent speaks version {spoken} of the protocol, piton speaks {VERSION}"),
                    ));
                    return;
                }
                self.stage = Stage::Opening;
                let params = json!({ "cwd": self.directory, "mcpServers": [] });
                self.ask("session/new", &params);
            }
            Stage::Opening => {
                let Some(session) = text(result, &["sessionId"]) else {
                    self.end(failure("session", "the agent opened no session".to_owned()));
                    return;
                };
                let params = json!({ "sessionId": session, "prompt": [{ "type": "text", "text": std::mem::take(&mut self.prompt) }] });
                self.so_far.session = Some(session.to_owned());
                self.so_far.model = text(result, &["models", "currentModelId"]).map(str::to_owned);
                self.stage = Stage::Prompt;
                self.ask("session/prompt", &params);
            }
            Stage::Prompt => {
                if let Some(told) = result.get("usage").filter(|usage| usage.is_object()) {
                    self.so_far.usage = Some(usage(told));
                }
                self.stopped(text(result, &["stopReason"]).unwrap_or("none"));
            }
            Stage::Over => {}
        }
    }

    fn stopped(&mut self, reason: &str) {
        self.stage = Stage::Over;
        if reason == "end_turn" {
            self.so_far.finished = true;
            return;
        }
        let said = self.so_far.text.as_deref().unwrap_or_default();
        let message = if said.is_empty() {
            format!("the agent stopped: {reason}")
        } else {
            format!("the agent stopped: {reason}; it said: {said}")
        };
        self.end(failure(reason, message));
    }

    fn fail(&mut self, error: &Value) {
        let message = text(error, &["message"]).unwrap_or("no message");
        let details = text(error, &["data", "details"]).or_else(|| text(error, &["data"]));
        let message = details.map_or(message.to_owned(), |more| format!("{message}: {more}"));
        let code = error.get("code").and_then(Value::as_i64).unwrap_or(0);
        let mut words = vec![format!("code:{code}")];
        if code == NOT_SIGNED_IN {
            words.push("auth_required".to_owned());
        }
        self.end(Failure {
            words,
            message,
            until: None,
        });
    }

    fn end(&mut self, failure: Failure) {
        self.stage = Stage::Over;
        self.so_far.failure = Some(failure);
    }

    fn update(&mut self, update: &Value) {
        let kind = text(update, &["sessionUpdate"]).unwrap_or_default();
        match kind {
            "agent_message_chunk" => {
                let said = text(update, &["content", "text"]).unwrap_or_default();
                // What it says after a tool is said again: the last of it is the reply.
                let before = if self.speaking {
                    self.so_far.text.take()
                } else {
                    None
                };
                self.so_far.text = Some(before.unwrap_or_default() + said);
                self.so_far.last_piece = Some(said.to_owned());
                self.so_far.doing.clone_from(&self.so_far.text);
                self.speaking = true;
            }
            "tool_call" | "tool_call_update" => {
                self.speaking = false;
                let id = text(update, &["toolCallId"]).unwrap_or_default().to_owned();
                if matches!(text(update, &["status"]), Some("completed" | "failed")) {
                    self.open.remove(&id);
                } else {
                    tell(self.open.entry(id).or_default(), update);
                }
                if let Some(title) = text(update, &["title"]) {
                    self.so_far.doing = Some(title.to_owned());
                }
            }
            "usage_update" => {
                self.so_far.cost = update["cost"]["amount"]
                    .as_f64()
                    .filter(|_| text(update, &["cost", "currency"]) == Some("USD"))
                    .or(self.so_far.cost);
            }
            _ => {}
        }
    }

    fn permission(&mut self, params: &Value) -> Value {
        let call = &params["toolCall"];
        let told = text(call, &["toolCallId"]).and_then(|id| self.open.get(id));
        let title = text(call, &["title"]).or_else(|| text(told?, &["title"]));
        let title = title.or_else(|| text(call, &["kind"])).unwrap_or("a tool");
        let title: String = title.chars().take(120).collect();
        let allowed = self.rules.allow(told, call, &self.directory);
        let kinds = if allowed {
            ["allow_once", "allow_always"]
        } else {
            ["reject_once", "reject_always"]
        };
        if !allowed {
            self.so_far.denials.push(title);
        }
        let options = params["options"].as_array().map_or(&[][..], Vec::as_slice);
        let chosen = kinds.iter().find_map(|kind| {
            let option = options
                .iter()
                .find(|option| text(option, &["kind"]) == Some(kind))?;
            text(option, &["optionId"])
        });
        match chosen {
            Some(option) => json!({ "outcome": "selected", "optionId": option }),
            None => json!({ "outcome": "cancelled" }),
        }
    }

    fn ask(&mut self, method: &str, params: &Value) {
        let id = self.stage as u64;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
    }

    fn answer(&mut self, id: &Value, with: &str, value: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, with: value }));
    }

    fn send(&mut self, message: &Value) {
        self.outgoing
            .extend_from_slice(message.to_string().as_bytes());
        self.outgoing.push(b'\n');
    }
}

/// Adds what an update tells of a tool call; what it does not name stays.
fn tell(call: &mut Value, update: &Value) {
    for key in ["kind", "title", "locations", "rawInput", "content"] {
        if let Some(value) = update.get(key).filter(|value| !value.is_null()) {
            call[key] = value.clone();
        }
    }
}

fn failure(word: &str, message: String) -> Failure {
    Failure {
        words: vec![format!("stop:{word}")],
        message,
        until: None,
    }
}

fn usage(told: &Value) -> Usage {
    let cached = number(told, "cachedReadTokens");
    Usage {
        input_tokens: number(told, "inputTokens"),
        cached_input_tokens: cached,
        cache_write_tokens: number(told, "cachedWriteTokens"),
        output_tokens: number(told, "outputTokens"),
        reasoning_tokens: number(told, "thoughtTokens"),
    }
}
