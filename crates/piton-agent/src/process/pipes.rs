//! The pipes between piton and a program: one thread for each.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender, SyncSender};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Which of the program's two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Stdout,
    Stderr,
}

#[derive(Debug)]
pub(super) enum Message {
    Chunk(Source, Vec<u8>),
    End,
}

const CHUNK: usize = 64 << 10;

/// How much a pipe holds, where the user may have so much.
const ROOM: usize = 1 << 20;

/// How often a reader looks whether it is still wanted.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};
const NO_PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// Starts a thread that does nothing but read. Agents drop output at their exit
/// when the reader is behind, so the pipe is also made as large as allowed.
///
/// A process that got away may hold the other end for ever: `abandon` makes the
/// thread leave then, with all that was written before: on a busy machine it may
/// not have had its turn yet.
pub(super) fn read(
    source: Source,
    pipe: OwnedFd,
    to: SyncSender<Message>,
    abandon: Arc<AtomicBool>,
) {
    #[cfg(target_os = "linux")]
    {
        // Where the user has used up the allowance, the pipe stays as it is.
        let _ = rustix::pipe::fcntl_setpipe_size(&pipe, ROOM);
    }
    let mut pipe = File::from(pipe);
    thread::spawn(move || {
        let mut buffer = vec![0; CHUNK];
        let mut left = ROOM;
        while left > 0 {
            let is_last = abandon.load(Ordering::SeqCst);
            let patience = if is_last { &NO_PATIENCE } else { &PATIENCE };
            match poll(&mut [PollFd::new(&pipe, PollFlags::IN)], Some(patience)) {
                Ok(0) if is_last => break,
                Ok(0) | Err(Errno::INTR) => continue,
                Ok(_) | Err(_) => {}
            }
            match pipe.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    if is_last {
                        left = left.saturating_sub(length);
                    }
                    if to
                        .send(Message::Chunk(source, buffer[..length].to_vec()))
                        .is_err()
                    {
                        return;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _ = to.send(Message::End);
    });
}

/// Starts a thread that writes `input` and closes. A program that never reads
/// it, or is gone, is no error: what counts is its result.
pub(super) fn write(mut pipe: impl Write + Send + 'static, input: Vec<u8>) {
    thread::spawn(move || {
        let _ = pipe.write_all(&input);
    });
}

/// Starts a thread that writes what it is sent, and closes when nobody can send
/// any more. What waits to be written is small: answers, never the agent's work.
pub(super) fn talk(mut pipe: impl Write + Send + 'static) -> Sender<Vec<u8>> {
    let (to, words) = mpsc::channel::<Vec<u8>>();
    thread::spawn(move || {
        for words in words {
            if pipe.write_all(&words).is_err() {
                return;
            }
        }
    });
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_although_the_reader_has_its_first_turn_after_the_end() {
        let (from, to) = std::io::pipe().unwrap();
        let mut writer = File::from(OwnedFd::from(to));
        writer.write_all(b"the reply").unwrap();
        let (send, messages) = mpsc::sync_channel(4);
        let abandon = Arc::new(AtomicBool::new(true));
        // The other end stays open, as where a process got away.
        read(Source::Stdout, from.into(), send, abandon);
        let got: Vec<Message> = messages.iter().collect();
        assert!(
            matches!(&got[..], [Message::Chunk(Source::Stdout, chunk), Message::End] if chunk == b"the reply"),
            "{got:?}"
        );
        drop(writer);
    }
}
