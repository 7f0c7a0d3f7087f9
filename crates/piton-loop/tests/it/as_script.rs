//! Agents that play a script and do something of their own beside it.

/// What such an agent says of itself is what its script says.
macro_rules! as_its_script {
    ($script:tt) => {
        fn name(&self) -> &str {
            self.$script.name()
        }

        fn probe(&self) -> piton_agent::Probe {
            self.$script.probe()
        }

        fn command_line(
            &self,
            call: &piton_agent::AgentCall,
            files: &piton_agent::CallFiles,
        ) -> Vec<String> {
            self.$script.command_line(call, files)
        }
    };
}

pub(crate) use as_its_script;
