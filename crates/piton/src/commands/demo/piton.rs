//! Running piton as the demo does: for its document, or to be killed.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use piton_durable::DiskRead;
use serde_json::Value;

use super::guide::Guide;
use super::project::Project;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, ErrorKind};

/// How long the demo waits for a call to begin before it gives up. A busy
/// machine may need minutes to build the project before.
const PATIENCE: Duration = Duration::from_secs(600);

/// The stage: who tells the story, and the project that it is about.
pub(super) struct Demo<'a> {
    pub(super) context: &'a Context,
    pub(super) guide: Guide<'a>,
    pub(super) project: &'a Project,
}

impl Demo<'_> {
    /// Shows what is left of a run that was killed.
    pub(super) fn prove(&self) -> Result<(), CommandError> {
        let list = ["runs", "list", "--limit", "1", "--no-headers"];
        self.guide.command(&line(&list));
        let listed = self
            .project
            .piton(&list)
            .output()
            .or_failed("could not run piton")?;
        self.guide.result(
            String::from_utf8_lossy(&listed.stdout)
                .replace('\t', "  ")
                .trim(),
        );
        self.guide.command("git status --short");
        let status = self.project.git(&["status", "--short"])?;
        self.guide.result(if status.is_empty() {
            "(nothing: the fall touched nothing)"
        } else {
            &status
        });
        Ok(())
    }

    /// Starts a command, and kills it once it has made more calls than these.
    pub(super) fn kill_at_call(&self, args: &[&str], calls: usize) -> Result<(), CommandError> {
        let mut child = self
            .project
            .piton(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .or_failed("could not start piton")?;
        let begun = self.wait_for_call(calls, &mut child);
        let killed = child.kill().and_then(|()| child.wait());
        begun?;
        killed.or_failed("could not kill piton")?;
        Ok(())
    }

    fn wait_for_call(&self, before: usize, child: &mut Child) -> Result<(), CommandError> {
        let (_keep, nobody) = std::sync::mpsc::channel::<()>();
        let deadline = Instant::now() + PATIENCE;
        while self.calls() <= before {
            if self.context.stop.requested() {
                return Err(CommandError::new(ErrorKind::Interrupted, "interrupted"));
            }
            let ended = child.try_wait().ok().flatten();
            if ended.is_some() || Instant::now() > deadline {
                return Err(
                    CommandError::failed("the step to be interrupted never began")
                        .hint("`piton demo --keep` leaves the project for you to look at"),
                );
            }
            let _ = nobody.recv_timeout(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Counts the calls that have begun, by the prompts in the run records.
    pub(super) fn calls(&self) -> usize {
        let names = |dir: &Path| {
            self.context
                .disk
                .list(dir)
                .unwrap_or_default()
                .into_iter()
                .map(|entry| entry.name)
        };
        let runs = self.project.root.join(".git/piton/runs");
        names(&runs)
            .map(|run| runs.join(run).join("calls"))
            .flat_map(|calls| {
                names(&calls)
                    .map(move |call| calls.join(call).join("prompt.md"))
                    .collect::<Vec<_>>()
            })
            .filter(|prompt| matches!(self.context.disk.stat(prompt), Ok(Some(_))))
            .count()
    }

    pub(super) fn document(&self, args: &[&str]) -> Result<Value, CommandError> {
        let output = self
            .project
            .piton(args)
            .output()
            .or_failed("could not run piton")?;
        let failed = |why: String| {
            CommandError::failed(format!("piton {} failed", args.join(" ")))
                .with_source(why)
                .hint("`piton demo --keep` leaves the project for you to look at")
        };
        if !output.status.success() {
            let told = [&output.stdout[..], &output.stderr[..]].concat();
            return Err(failed(String::from_utf8_lossy(&told).trim().to_owned()));
        }
        let mut document: Value =
            serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
        Ok(document["result"].take())
    }
}

/// Writes a command as a person would type it.
pub(super) fn line(args: &[&str]) -> String {
    let words: Vec<&str> = ["piton"].into_iter().chain(args.iter().copied()).collect();
    piton_agent::words::join(&words)
}
