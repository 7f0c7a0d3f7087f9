//! Agreement with the vectors of the system that piton takes over from.

use piton_agent::dialect::StreamKind;
use serde_json::Value;

use crate::skipped;

fn vectors(name: &str) -> Vec<Value> {
    let Some(shared) = piton_testkit::shared_dir() else {
        skipped("no vectors here");
        return Vec::new();
    };
    let text = std::fs::read_to_string(shared.join("corpus/vectors").join(name)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A stream without any event of Claude's gave its raw text as the reply there.
/// Here it gives none: a reply is a result that was understood.
const RAW_TEXT_IS_NO_REPLY: [&str; 2] = ["claude_stream-0008", "claude_stream-0010"];

#[test]
fn claude_streams_give_the_same_text() {
    for vector in vectors("claude_stream.jsonl") {
        let id = vector["id"].as_str().unwrap();
        let mut reader = StreamKind::ClaudeStreamJson.reader();
        reader.feed(vector["in"]["raw"].as_str().unwrap().as_bytes());
        let transcript = reader.finish();
        let text = transcript.text.unwrap_or_default();
        if RAW_TEXT_IS_NO_REPLY.contains(&id) {
            assert_eq!(text, "", "{id}");
        } else {
            assert_eq!(text, vector["out"]["text"].as_str().unwrap(), "{id}");
        }
    }
}
