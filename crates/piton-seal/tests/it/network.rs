//! What a sealed program can reach over the network.

use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;

use piton_seal::{Network, Support};

use crate::sealed::{Home, home};

/// A line that ends well when a connection to `port` does; bash alone has it.
fn connects(port: u16) -> String {
    format!("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}'")
}

fn cut(network: Network) -> Option<Home> {
    if !Support::observe(Network::Off).namespaces {
        eprintln!("skipped: no user namespaces are allowed here");
        return None;
    }
    Some(home()?.with_network(network))
}

#[test]
fn the_network_is_on_unless_it_is_cut() {
    let Some(home) = home() else { return };
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    home.works(&connects(server.local_addr().unwrap().port()));
}

#[test]
fn a_cut_network_reaches_nothing_outside() {
    for network in [Network::Off, Network::Loopback] {
        let Some(home) = cut(network) else { return };
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let output = home.run(&connects(port));
        assert!(!output.status.success(), "{network}");
        server.set_nonblocking(true).unwrap();
        assert!(server.accept().is_err(), "{network}");
    }
}

#[test]
fn loopback_reaches_what_runs_in_the_same_seal() {
    let Some(home) = cut(Network::Loopback) else {
        return;
    };
    let line = "python3 -c 'import socket
s = socket.socket(); s.bind((\"127.0.0.1\", 0)); s.listen()
c = socket.create_connection(s.getsockname()); print(\"connected\")'";
    if home.run("python3 --version").status.success() {
        assert_eq!(home.works(line), "connected\n");
    }
}

#[test]
fn in_a_cut_network_a_program_is_who_it_was_and_is_sealed_all_the_same() {
    let Some(home) = cut(Network::Off) else {
        return;
    };
    let owner = std::fs::metadata(home.path("slot")).unwrap().uid();
    assert_eq!(home.works("echo x >a && id -u"), format!("{owner}\n"));
    assert_eq!(std::fs::metadata(home.path("slot/a")).unwrap().uid(), owner);
    home.denied("cat ../.ssh/id");
    home.denied("echo x >../code/a");
}
