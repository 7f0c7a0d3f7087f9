//! What a git has started: it goes with a git that is ended.

use rustix::process::{Pid, Signal, kill_process};

/// Returns the processes that `leader` started, and those that they did. Where
/// the platform does not tell, none.
pub(crate) fn of(leader: u32) -> Vec<u32> {
    let all = parents();
    let mut found = vec![leader];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = all.iter().filter(|(_, of)| *of == parent);
        found.extend(children.map(|(process, _)| *process));
        next += 1;
    }
    found.split_off(1)
}

/// Ends processes that were just found.
pub(crate) fn kill(processes: &[u32]) {
    for process in processes {
        let process = i32::try_from(*process).ok().and_then(Pid::from_raw);
        if let Some(process) = process {
            // One that has ended since is what was wanted.
            let _ = kill_process(process, Signal::KILL);
        }
    }
}

/// Returns every process with its parent.
#[cfg(target_os = "linux")]
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pair = |name: &str| {
        let process = name.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        // The name may hold anything, a bracket too.
        let (_, rest) = stat.rsplit_once(')')?;
        let parent = rest.split_whitespace().nth(1)?.parse().ok()?;
        Some((process, parent))
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    names.filter_map(|name| pair(name.to_str()?)).collect()
}

#[cfg(not(target_os = "linux"))]
fn parents() -> Vec<(u32, u32)> {
    Vec::new()
}
