//! Finding out whether a program is there, and which version.

use std::io;
use std::time::Duration;

use crate::adapter::AdapterSpec;
use crate::agent::Probe;
use crate::environment;
use crate::host::Host;
use crate::process::{Launch, Sink, supervise};
use crate::version::Version;
use crate::watchdog::Limits;
use piton_base::{Clock, Stop};

pub(super) fn probe(
    name: &str,
    spec: &AdapterSpec,
    host: &Host,
    token: String,
    clock: &dyn Clock,
) -> Probe {
    let root = std::path::Path::new("/");
    let Some(program) = host.find_program(&spec.program) else {
        let advice = if spec.install.is_empty() {
            "install it, or name another one".to_owned()
        } else {
            format!(
                "install it with `{}`, or set agents.{}.program",
                spec.install, name
            )
        };
        return Probe::Missing {
            program: spec.program.clone(),
            advice,
        };
    };
    if spec.version.arguments.is_empty() {
        return Probe::Ready {
            version: None,
            warning: None,
        };
    }
    let launch = Launch {
        program,
        arguments: spec.version.arguments.clone(),
        directory: root.to_path_buf(),
        environment: environment::build(host, &spec.environment, &[]),
        input: Vec::new(),
        token,
        seal: None,
    };
    let mut printed = Printed::default();
    let ended = supervise(&launch, &mut printed, &SHORT, &Stop::default(), clock);
    let version = ended
        .ok()
        .and_then(|_| Version::find(&String::from_utf8_lossy(&printed.0)));
    let (from, to) = (
        spec.version.tested_from.as_ref(),
        spec.version.tested_to.as_ref(),
    );
    let warning = match &version {
        Some(version) if version.within(from, to) => None,
        Some(version) => Some(format!(
            "{} {version} is not a version piton was tested with ({}); if its output changed, set agents.{}.stream or its arguments",
            spec.program,
            range(from, to),
            name,
        )),
        None => Some(format!("{} did not print its version", spec.program)),
    };
    Probe::Ready { version, warning }
}

/// Limits for asking a program something small.
const SHORT: Limits = Limits {
    idle: Duration::from_secs(20),
    tool_idle: Duration::from_secs(20),
    deadline: Duration::from_secs(20),
    after_result: Duration::from_secs(20),
    politeness: Duration::from_secs(1),
};

fn range(from: Option<&Version>, to: Option<&Version>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("{from} and later"),
        (None, Some(to)) => format!("up to {to}"),
        (None, None) => "any".to_owned(),
    }
}

#[derive(Default)]
struct Printed(Vec<u8>);

impl Sink for Printed {
    fn stdout(&mut self, chunk: &[u8]) -> io::Result<()> {
        let room = 4096_usize.saturating_sub(self.0.len());
        self.0.extend_from_slice(&chunk[..chunk.len().min(room)]);
        Ok(())
    }

    fn stderr(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.stdout(chunk)
    }
}
