//! A terminal for the program, with somebody who types.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::stage::until;

/// A program at a terminal.
pub(crate) struct Seat {
    child: Child,
    keys: std::fs::File,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Seat {
    /// Starts a command whose three streams are a terminal of 80 columns.
    pub(crate) fn take(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = || -> OwnedFd {
            rustix::fs::open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap()
        };
        let size = rustix::termios::Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        rustix::termios::tcsetwinsize(&master, size).unwrap();
        let child = command
            .env("TERM", "xterm")
            .stdin(slave())
            .stdout(slave())
            .stderr(slave())
            .spawn()
            .unwrap();
        let keys = std::fs::File::from(master);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (mut screen, seen) = (keys.try_clone().unwrap(), Arc::clone(&shown));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The read fails once the program and its children are gone.
            while let Ok(length) = screen.read(&mut bytes) {
                seen.lock().unwrap().extend_from_slice(&bytes[..length]);
            }
        });
        Self { child, keys, shown }
    }

    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).replace("\r\n", "\n")
    }

    pub(crate) fn wait_for(&self, text: &str) {
        until(text, || self.screen().contains(text));
    }

    pub(crate) fn type_line(&mut self, line: &str) {
        self.keys.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Types without the key that ends a line.
    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// What the key for interrupting does.
    pub(crate) fn interrupt(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).unwrap();
    }

    /// The same for everybody at the terminal: what this one has started, too.
    pub(crate) fn interrupt_all(&self) {
        let children = Command::new("pgrep")
            .args(["-P", &self.child.id().to_string()])
            .output()
            .unwrap();
        for child in String::from_utf8_lossy(&children.stdout).split_whitespace() {
            let child = Pid::from_raw(child.parse().unwrap()).unwrap();
            // It may have ended by itself.
            let _ = kill_process(child, Signal::INT);
        }
        self.interrupt();
    }

    /// Waits for the end and returns the exit code with all that was shown.
    pub(crate) fn end(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        // The last words may still be on their way.
        std::thread::park_timeout(Duration::from_millis(50));
        (code, self.screen())
    }
}
