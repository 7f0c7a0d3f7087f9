//! Which keys the common agents reach their services with.
//!
//! A program that nobody described gets no key. One that is known by its name
//! gets those of its own service; the guide lists the same.

use std::path::Path;

const RECIPES: [(&str, &[&str]); 9] = [
    (
        "aider",
        &[
            "AIDER_*",
            "ANTHROPIC_API_KEY",
            "DEEPSEEK_API_KEY",
            "GEMINI_API_KEY",
            "OPENAI_API_BASE",
            "OPENAI_API_KEY",
            "OPENROUTER_API_KEY",
        ],
    ),
    ("amp", &["AMP_*"]),
    (
        "claude",
        &[
            "ANTHROPIC_*",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "CLAUDE_CONFIG_DIR",
        ],
    ),
    ("codex", &["CODEX_*", "OPENAI_*"]),
    ("copilot", &["COPILOT_*"]),
    ("cursor-agent", &["CURSOR_*"]),
    (
        "gemini",
        &[
            "GEMINI_*",
            "GOOGLE_API_KEY",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_CLOUD_LOCATION",
            "GOOGLE_CLOUD_PROJECT",
            "GOOGLE_GENAI_USE_VERTEXAI",
        ],
    ),
    ("ollama", &["OLLAMA_HOST"]),
    (
        "opencode",
        &[
            "ANTHROPIC_API_KEY",
            "GEMINI_API_KEY",
            "OPENAI_API_KEY",
            "OPENCODE_*",
            "OPENROUTER_API_KEY",
        ],
    ),
];

/// Returns the variables that a program of this name is given besides those
/// that all are.
pub(super) fn variables_of(program: &str) -> &'static [&'static str] {
    let name = Path::new(program)
        .file_name()
        .and_then(|name| name.to_str());
    RECIPES
        .iter()
        .find(|(known, _)| Some(*known) == name)
        .map_or(&[], |(_, variables)| variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_the_keys_of_its_own_service_and_no_others() {
        assert_eq!(variables_of("/opt/bin/amp"), ["AMP_*"]);
        assert_eq!(variables_of("sh"), [""; 0]);
        let guide = include_str!("../../../../docs/agents.md");
        for (program, variables) in RECIPES {
            for variable in variables {
                assert!(
                    guide.contains(&format!("`{variable}`")),
                    "the guide lacks {variable} of {program}"
                );
            }
        }
    }
}
