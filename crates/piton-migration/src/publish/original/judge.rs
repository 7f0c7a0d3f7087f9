//! Whether the holder of the original's lock is provably gone.

use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use piton_durable::platform::{ProcessState, Processes};

use super::guard::Guard;
use super::owner::LockHolder;

/// A lock without an owner is being made, unless it has been for this long.
const MAKING: SignedDuration = SignedDuration::from_secs(5);

/// Two readings of when one process started may differ by this much, because
/// the kernel tells it relative to a boot time in whole seconds.
const BLUR: Duration = Duration::from_secs(2);

/// What is known of a lock's holder. In doubt it is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Alive,
    /// Nobody holds it any more, and this is how that is known.
    Dead(String),
}

/// Judges a holder on what its record says and on the age of its lock. `guard`
/// names the operating system's lock, where the caller holds it: then nobody
/// else does, and so nobody can be at work under it.
pub(super) fn judge(
    holder: &LockHolder,
    age: Option<SignedDuration>,
    processes: &dyn Processes,
    guard: Option<&Guard>,
) -> Verdict {
    let Some(pid) = holder.pid.filter(|pid| *pid != 0) else {
        return match age {
            Some(age) if age > MAKING => {
                Verdict::Dead(format!("it has had no owner for {} seconds", age.as_secs()))
            }
            _ => Verdict::Alive,
        };
    };
    if guard.is_some_and(|guard| holder.is_under(guard)) {
        return Verdict::Dead("its process has left the locked section without it".into());
    }
    let known = (&holder.boot_id, processes.boot_id());
    let same_host = holder
        .host
        .as_ref()
        .is_none_or(|host| *host == processes.host());
    match known {
        (Some(theirs), Some(ours)) if *theirs != ours => {
            // Another machine may share the disk, under another name.
            return if same_host {
                Verdict::Dead("the machine was started again since".into())
            } else {
                Verdict::Alive
            };
        }
        // The same boot is the same machine, whatever it is called by now.
        (Some(_), Some(_)) => {}
        (None, _) | (_, None) if !same_host => return Verdict::Alive,
        (None, _) | (_, None) => {}
    }
    // Numbers of processes mean something only where they were given out.
    if let (Some(theirs), Some(ours)) = (&holder.namespace, processes.namespace())
        && *theirs != ours
    {
        return Verdict::Alive;
    }
    match processes.state(pid) {
        ProcessState::Gone => Verdict::Dead(format!("its process {pid} is gone")),
        ProcessState::Running {
            started: Some(started),
        } if is_another(holder, started) => Verdict::Dead(format!(
            "its process is gone, and {pid} is another process now"
        )),
        ProcessState::Running { .. } | ProcessState::Unknown => Verdict::Alive,
    }
}

/// A process that started after the lock was made cannot have made it.
fn is_another(holder: &LockHolder, started: SystemTime) -> bool {
    if let Some(then) = holder.started {
        let then = SystemTime::UNIX_EPOCH + Duration::from_millis(then);
        let apart = started
            .duration_since(then)
            .unwrap_or_else(|earlier| earlier.duration());
        return apart > BLUR;
    }
    holder
        .created()
        .map(SystemTime::from)
        .and_then(|made| started.duration_since(made).ok())
        .is_some_and(|after| after > BLUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Fake(ProcessState);

    impl Processes for Fake {
        fn state(&self, _pid: u32) -> ProcessState {
            self.0
        }
        fn boot_id(&self) -> Option<String> {
            Some("this boot".into())
        }
        fn namespace(&self) -> Option<String> {
            Some("this space".into())
        }
        fn host(&self) -> String {
            "here".into()
        }
        fn own_pid(&self) -> u32 {
            1
        }
    }

    fn holder() -> LockHolder {
        LockHolder {
            pid: Some(77),
            created_at: Some("2027-01-15T08:00:00.000+00:00".into()),
            ..LockHolder::default()
        }
    }

    fn running(started: u64) -> Fake {
        Fake(ProcessState::Running {
            started: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(started)),
        })
    }

    fn is_dead(holder: &LockHolder, age: i64, processes: &Fake) -> bool {
        let age = Some(SignedDuration::from_secs(age));
        let guard = Guard {
            path: "our lock".into(),
            file: Some(7),
        };
        judge(holder, age, processes, Some(&guard)) != Verdict::Alive
    }

    #[test]
    fn a_process_that_is_gone_holds_nothing() {
        assert!(is_dead(&holder(), 0, &Fake(ProcessState::Gone)));
    }

    #[test]
    fn a_living_process_is_never_robbed_however_old_its_lock() {
        let unknown_start = Fake(ProcessState::Running { started: None });
        for alive in [
            running(1_799_000_000),
            unknown_start,
            Fake(ProcessState::Unknown),
        ] {
            assert!(!is_dead(&holder(), 1_000_000, &alive));
        }
    }

    #[test]
    fn a_process_that_began_after_the_lock_did_not_make_it() {
        assert!(is_dead(&holder(), 0, &running(1_800_000_100)));
        assert!(!is_dead(&holder(), 0, &running(1_800_000_001)));
    }

    #[test]
    fn a_recorded_start_tells_a_second_process_of_the_same_id() {
        let recorded = LockHolder {
            started: Some(1_700_000_000_000),
            ..holder()
        };
        assert!(is_dead(&recorded, 0, &running(1_700_000_100)));
        assert!(!is_dead(&recorded, 0, &running(1_700_000_001)));
    }

    #[test]
    fn a_lock_without_an_owner_is_given_time() {
        let nobody = LockHolder::default();
        let gone = Fake(ProcessState::Gone);
        assert!(!is_dead(&nobody, 2, &gone));
        assert!(is_dead(&nobody, 6, &gone));
        assert_eq!(judge(&nobody, None, &gone, None), Verdict::Alive);
        // No process has this number.
        let zero = LockHolder {
            pid: Some(0),
            ..holder()
        };
        assert!(!is_dead(&zero, 2, &gone));
    }

    #[test]
    fn whoever_made_it_under_the_lock_that_we_hold_is_gone() {
        let guarded = LockHolder {
            host: Some("here".into()),
            guarded_by: Some("our lock".into()),
            ..holder()
        };
        assert!(is_dead(&guarded, 0, &running(1_799_000_000)));
        let elsewhere = LockHolder {
            guarded_by: Some("another lock".into()),
            ..guarded.clone()
        };
        assert!(!is_dead(&elsewhere, 0, &running(1_799_000_000)));
        let mounted_elsewhere = LockHolder {
            guard_file: Some(7),
            host: Some("a container".into()),
            boot_id: Some("this boot".into()),
            namespace: Some("another space".into()),
            ..elsewhere
        };
        assert!(is_dead(&mounted_elsewhere, 0, &Fake(ProcessState::Gone)));
        let alive = judge(&guarded, None, &running(1_799_000_000), None);
        assert_eq!(alive, Verdict::Alive);
    }

    #[test]
    fn what_the_machine_is_called_by_now_decides_nothing() {
        let renamed = LockHolder {
            host: Some("its old name".into()),
            boot_id: Some("this boot".into()),
            namespace: Some("this space".into()),
            ..holder()
        };
        assert!(is_dead(&renamed, 0, &Fake(ProcessState::Gone)));
        assert!(!is_dead(&renamed, 0, &running(1_799_000_000)));
    }

    #[test]
    fn a_process_of_another_container_is_not_judged_by_its_number() {
        let contained = LockHolder {
            boot_id: Some("this boot".into()),
            namespace: Some("another space".into()),
            ..holder()
        };
        assert!(!is_dead(&contained, 1_000_000, &Fake(ProcessState::Gone)));
    }

    #[test]
    fn another_machine_is_never_judged_and_another_boot_of_this_one_always_dead() {
        for boot in [None, Some("its boot".into())] {
            let elsewhere = LockHolder {
                host: Some("there".into()),
                boot_id: boot,
                ..holder()
            };
            assert!(!is_dead(&elsewhere, 1_000_000, &Fake(ProcessState::Gone)));
        }
        let before = LockHolder {
            host: Some("here".into()),
            boot_id: Some("last boot".into()),
            ..holder()
        };
        assert!(is_dead(&before, 0, &running(1_799_000_000)));
    }
}
