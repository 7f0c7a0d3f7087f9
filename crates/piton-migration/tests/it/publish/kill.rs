//! Real processes, killed at each step and at random times.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use piton_durable::{Disk, RealDisk, TreeDigest};
use piton_testkit::{PlainDisk, TapDisk};

use super::world::{World, files, request, visit_at};

const CHILD: &str = "PITON_TEST_KILL";
const EXIT: i32 = 9;

/// What a child is told: where, with what, when to die, and how to exchange.
fn child(world: &World, die_at: usize, plain: bool) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "publish::kill::the_child_publishes_and_dies",
            "--nocapture",
        ])
        .env(
            CHILD,
            format!(
                "{}\n{}\n{die_at}\n{plain}",
                world.root().display(),
                world.work.path().display()
            ),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn the_child_publishes_and_dies() {
    let Ok(told) = std::env::var(CHILD) else {
        return;
    };
    let told: Vec<&str> = told.lines().collect();
    let (root, work) = (Path::new(told[0]), Path::new(told[1]));
    let die_at: usize = told[2].parse().unwrap();
    let plain = told[3] == "true";
    let count = AtomicUsize::new(0);
    let mortal = TapDisk::new(RealDisk, move |_| {
        if count.fetch_add(1, Ordering::SeqCst) + 1 == die_at {
            std::process::exit(EXIT);
        }
        Ok(())
    });
    let plain_disk = PlainDisk(mortal.clone());
    let disk: &dyn Disk = if plain { &plain_disk } else { &mortal };
    visit_at(root, disk, Duration::from_secs(20), |publisher| {
        publisher.recover().unwrap();
        let live = root.join("migrations/rework");
        let base = TreeDigest::of(&RealDisk, &live).unwrap();
        publisher
            .publish(&request("rework", work.join("rework"), base))
            .unwrap();
    });
}

/// Lets time pass for a lock that its maker had not written its name into yet;
/// until it is a few seconds old, it may be the lock of somebody alive.
fn let_time_pass(world: &World) {
    let lock = world.root().join("migrations/__transactions__/.lock");
    if lock.exists() && !lock.join("owner.json").exists() {
        let long_ago = SystemTime::now() - Duration::from_secs(60);
        let lock = std::fs::File::open(lock).unwrap();
        lock.set_modified(long_ago).unwrap();
    }
}

/// Checks what the next ordinary command finds; returns which version it is.
fn the_next_command_succeeds(world: &World, versions: [&str; 2], context: &str) -> usize {
    let_time_pass(world);
    visit_at(
        world.root(),
        &RealDisk,
        Duration::from_secs(20),
        |publisher| {
            publisher
                .recover()
                .unwrap_or_else(|error| panic!("{context}: {error:?}"));
            assert_eq!(publisher.recover().unwrap(), [], "{context}");
        },
    );
    let live = world.root().join("migrations/rework");
    for (path, _) in files("rework", "") {
        assert!(live.join(&path).exists(), "{context}: {path} is missing");
    }
    let plan = world.repo.read("migrations/rework/plan.md");
    let more = world.repo.read("migrations/rework/notes/deep/more.md");
    let found = versions
        .iter()
        .position(|version| plan.contains(version) && more.contains(version));
    assert_eq!(world.repo.status(), "", "{context}");
    world.assert_tidy();
    let failures = world.root().join(".git/piton/failures");
    assert!(
        !failures.exists(),
        "{context}: something was kept for no reason"
    );
    found.unwrap_or_else(|| panic!("{context}: live is {plan}, then {more}"))
}

#[test]
fn killed_at_each_step_the_next_command_succeeds_without_help() {
    let mut killed = 0;
    for plain in [false, true] {
        let world = if plain {
            World::in_memory()
        } else {
            World::new()
        };
        let world = world.holding("rework", "version 0.");
        for die_at in 1.. {
            let old = format!("version {}.", die_at - 1);
            let new = format!("version {die_at}.");
            world.candidate("rework", &new);
            let status = child(&world, die_at, plain).status().unwrap();
            let finished = status.success();
            assert!(
                finished || status.code() == Some(EXIT),
                "step {die_at}: the child failed by itself: {status}"
            );
            let context = format!("killed at step {die_at}, plain: {plain}");
            the_next_command_succeeds(&world, [&old, &new], &context);
            if finished {
                break;
            }
            killed += 1;
            let settled = world.request("rework", &new);
            world.publish(&settled).unwrap();
        }
    }
    println!("killed at {killed} steps");
    assert!(killed > 100);
}

#[test]
fn killed_two_hundred_times_at_random_nothing_is_lost() {
    let world = World::in_memory().holding("rework", "version 0.");
    world.candidate("rework", "version 0.");
    let begun = Instant::now();
    assert!(child(&world, usize::MAX, false).status().unwrap().success());
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut old = "version 0.".to_owned();
    let (mut killed, mut published) = (0, 0);
    for round in 1..=200 {
        let new = format!("version {round}.");
        world.candidate("rework", &new);
        let mut running = child(&world, usize::MAX, false).spawn().unwrap();
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let pause = Duration::from_micros(seed % (whole * 5 / 4));
        std::thread::sleep(pause);
        let _ = running.kill();
        killed += usize::from(!running.wait().unwrap().success());
        let context = format!("round {round}, killed after {pause:?}");
        if the_next_command_succeeds(&world, [&old, &new], &context) == 1 {
            published += 1;
            old = new;
        }
    }
    println!("killed {killed} of 200 in time; {published} stand");
    assert!(killed > 50 && published > 0);
    let last = world.request("rework", "the last");
    world.publish(&last).unwrap();
}
