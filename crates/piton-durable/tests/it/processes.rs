#![cfg(target_os = "linux")]

use std::process::Command;
use std::time::{Duration, SystemTime};

use piton_durable::platform::{ProcessState, Processes, RealProcesses};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

#[test]
fn a_process_that_ended_is_gone_though_nobody_waited_for_it() {
    let mut child = Command::new("true").spawn().unwrap();
    let pid = Pid::from_child(&child);
    waitid(
        WaitId::Pid(pid),
        WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
    )
    .unwrap();
    assert_eq!(RealProcesses.state(child.id()), ProcessState::Gone);
    child.wait().unwrap();
    // Its number may be another's by now.
}

#[test]
fn a_process_that_runs_began_when_it_did() {
    let ProcessState::Running { started } = RealProcesses.state(RealProcesses.own_pid()) else {
        panic!("this very process runs");
    };
    // The kernel tells the time of its start by seconds, and clocks are set.
    let since = SystemTime::now().duration_since(started.unwrap()).unwrap();
    assert!(since < Duration::from_secs(600), "{since:?}");
}

#[test]
fn this_machine_says_which_it_is() {
    assert_eq!(RealProcesses.own_pid(), std::process::id());
    let boot = RealProcesses.boot_id().unwrap();
    assert!(!boot.is_empty() && !boot.contains(char::is_whitespace));
    assert!(RealProcesses.namespace().unwrap().starts_with("pid:["));
    assert!(!RealProcesses.host().is_empty());
}
