//! Interrupts: asking to stop, until somebody insists.

use piton_base::Stop;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::Exit;

/// How often a user has to insist before the process ends at once. An agent's
/// processes are ended politely first, which takes seconds; whoever presses
/// the key twice must not leave them running.
const PATIENCE: u32 = 3;

/// Makes SIGINT, SIGTERM and SIGHUP (a terminal that was closed) stop the work cleanly between two actions, and end
/// the agent under way. What an end at once leaves behind is what any crash
/// leaves, and recovery knows it.
pub(crate) fn stop_on_signal(stop: &Stop) {
    let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGTERM]) else {
        return;
    };
    let stop = stop.clone();
    std::thread::spawn(move || {
        for (nth, _) in (1..).zip(signals.forever()) {
            stop.request();
            if nth > PATIENCE {
                #[expect(clippy::disallowed_methods, reason = "the user insists")]
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    });
}
