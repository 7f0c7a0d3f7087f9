//! The command line of a call, with its environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::agent::ProgramAgent;
use crate::adapter::{Blanks, fill};
use crate::agent::CallFiles;
use crate::call::AgentCall;
use crate::environment;

impl ProgramAgent {
    /// Returns the program and the arguments for a session on the user's
    /// terminal, or `None` where the agent has none. The prompt is in a file,
    /// which the single opening argument asks the agent to read.
    pub fn interactive_command(&self, call: &AgentCall, files: &CallFiles) -> Option<Vec<String>> {
        if self.spec.interactive_arguments.is_empty() {
            return None;
        }
        let mut command = vec![self.spec.program.clone()];
        command.extend(self.choices(call, files, &self.spec.interactive_arguments));
        command.push(format!(
            "Read {} and do what it says.",
            files.prompt().display()
        ));
        Some(command)
    }

    pub fn environment(&self, call: &AgentCall) -> BTreeMap<OsString, OsString> {
        let of_call = [
            ("PITON_ROLE", call.role.to_string()),
            ("PITON_SLUG", call.slug.clone().unwrap_or_default()),
            (
                "PITON_WORKSPACE",
                call.workspace.to_string_lossy().into_owned(),
            ),
            (
                "PITON_EFFORT",
                call.effort
                    .map_or(String::new(), |effort| effort.to_string()),
            ),
            ("PITON_MODEL", call.model.clone().unwrap_or_default()),
        ];
        environment::build(&self.host, &self.spec.environment, &of_call)
    }

    pub(super) fn arguments(&self, call: &AgentCall, files: &CallFiles) -> Vec<String> {
        let mut arguments = self.choices(call, files, &self.spec.arguments);
        if let Some(schema) = &call.schema {
            let blanks = self.blanks(call, files).with("schema", schema.to_string());
            arguments.extend(fill(&self.spec.schema_arguments, &blanks));
        }
        arguments.extend(fill(
            &self.spec.closing_arguments,
            &self.blanks(call, files),
        ));
        arguments
    }

    /// Returns `first` and the arguments for what the call chooses.
    fn choices(&self, call: &AgentCall, files: &CallFiles, first: &[String]) -> Vec<String> {
        let blanks = self.blanks(call, files);
        let mut arguments = fill(first, &blanks);
        if call.model.is_some() {
            arguments.extend(fill(&self.spec.model_arguments, &blanks));
        }
        if call.effort.is_some() {
            arguments.extend(fill(&self.spec.effort_arguments, &blanks));
        }
        arguments
    }

    fn blanks(&self, call: &AgentCall, files: &CallFiles) -> Blanks {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let effort = call.effort.map_or(String::new(), |effort| {
            self.spec
                .efforts
                .get(&effort)
                .cloned()
                .unwrap_or_else(|| effort.to_string())
        });
        Blanks::default()
            .with("model", call.model.clone().unwrap_or_default())
            .with("effort", effort)
            .with("role", call.role.as_str())
            .with("slug", call.slug.clone().unwrap_or_default())
            .with("cwd", path(&call.cwd))
            .with("workspace", path(&call.workspace))
            .with("prompt_file", path(&files.prompt()))
            .with("reply_file", path(&files.raw_reply()))
            .with("schema_file", path(&files.schema()))
    }
}
