//! What a seal costs when a program is started.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark starts programs and prints"
)]

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use piton_seal::{Network, Real, Request, Seal, Support};

const ROUNDS: usize = 400;

fn main() {
    let support = Support::observe(Network::Off);
    if support.landlock < Support::LEAST {
        println!("this kernel has no seal; nothing to measure");
        return;
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let request = |network| Request {
        write: vec![std::env::temp_dir()],
        home: home.clone(),
        network,
        ..Request::default()
    };
    let sealed = |network| {
        let request = request(network);
        move |command: &mut Command| {
            let seal = Seal::decide(&request, &Real).expect("the seal is decided");
            seal.prepare().expect("the kernel agrees").apply(command);
        }
    };
    let seal = Seal::decide(&request(Network::On), &Real).expect("the seal is decided");
    println!("{} paths granted", seal.read.len() + seal.write.len());
    let deciding = Instant::now();
    for _ in 0..ROUNDS {
        let _ = Seal::decide(&request(Network::On), &Real);
    }
    println!("decided in {:?}", deciding.elapsed() / 400);
    let preparing = Instant::now();
    for _ in 0..ROUNDS {
        let _ = seal.prepare();
    }
    println!("prepared in {:?}", preparing.elapsed() / 400);
    let plain = median(|_| {});
    println!("unsealed: {plain:?}");
    let on = median(sealed(Network::On));
    println!("sealed: {on:?}, {:?} more", on.saturating_sub(plain));
    if support.namespaces {
        let off = median(sealed(Network::Loopback));
        println!(
            "sealed, network loopback: {off:?}, {:?} more",
            off.saturating_sub(plain)
        );
    }
    let more = on.saturating_sub(plain);
    assert!(
        more < Duration::from_millis(1),
        "promised: under a millisecond more, not {more:?}"
    );
}

/// Returns the middle of how long a program takes from start to end.
fn median(prepare: impl Fn(&mut Command)) -> Duration {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let begin = Instant::now();
            let mut command = Command::new("/bin/true");
            prepare(&mut command);
            command.status().expect("true runs");
            begin.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}
