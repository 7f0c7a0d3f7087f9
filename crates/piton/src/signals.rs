//! Interrupts: the first asks to stop, the second does not ask.

use std::sync::Arc;

use piton_plan::Stop;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::exit::Exit;

/// Makes SIGINT and SIGTERM stop the work cleanly between two actions. A
/// second signal ends the process at once; what it leaves behind is what any
/// crash leaves, and recovery knows it.
pub(crate) fn stop_on_signal(stop: &Arc<Stop>) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if stop.is_stopped() {
                #[expect(clippy::disallowed_methods, reason = "the user insists")]
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
            stop.stop();
        }
    });
}
