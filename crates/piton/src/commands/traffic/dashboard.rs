//! `piton traffic dashboard`: the dashboard on this machine, with made-up data.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use clap::Args;
use piton_base::Clock as _;
use piton_traffic::dashboard::{Page, Source, demo_history, favicon, render};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};

/// Show the dashboard with made-up traffic, at an address for your browser
///
/// Serves the page on this machine alone until you press Ctrl-C. Nothing is
/// read from GitHub and nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic dashboard --demo
  piton traffic dashboard --demo --days 3650     ten years of it
  piton traffic dashboard --demo --port 8123")]
pub(crate) struct DashboardArgs {
    /// Show made-up data
    #[arg(long, required = true)]
    demo: bool,

    /// How many days to make up
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    days: u32,

    /// The port to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
}

/// How long a browser may take over its question.
const PATIENCE: Duration = Duration::from_secs(5);
/// How soon an interrupt is noticed while nobody asks.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};
/// The longest question that is read.
const MAX_QUESTION: u64 = 16 * 1024;

pub(crate) fn run(context: &Context, args: &DashboardArgs) -> CommandResult {
    let page = demo_page(context, args.days);
    let could_not = |error: std::io::Error| {
        CommandError::failed(format!("could not listen on port {}", args.port))
            .with_source(error)
            .hint("choose another with --port, or leave it out for a free one")
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(could_not)?;
    let address = format!("http://{}/", listener.local_addr().map_err(could_not)?);
    if context.out.json_wanted() {
        context.out.json_at_once(json!({ "address": address }));
    } else {
        context.out.data(&format!("{address}\n"));
        context
            .out
            .hint("open this address in a browser; Ctrl-C ends it");
    }
    while !context.stop.requested() {
        let mut waiting = [PollFd::new(&listener, PollFlags::IN)];
        if matches!(poll(&mut waiting, Some(&LOOK)), Ok(ready) if ready > 0)
            && let Ok((stream, _)) = listener.accept()
        {
            // A browser that goes away in the middle is its own affair.
            let _ = answer(&stream, &page);
        }
    }
    Ok(Exit::Done)
}

fn demo_page(context: &Context, days: u32) -> String {
    let history = demo_history(context.clock.now(), days);
    let source = Source {
        title: "acme/widget (made-up data)".to_owned(),
        gist_raw_base: String::new(),
        archive_gist_id: String::new(),
        owner: "acme".to_owned(),
        // No name: GitHub is not asked for statistics of a made-up repository.
        name: String::new(),
        created: String::new(),
    };
    let held = json!({ "acme/": { "state": history.state, "archived": history.archived } });
    render(&Page {
        source: &source,
        others: &[],
        held: Some(&held),
    })
}

fn answer(stream: &TcpStream, page: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut asked = String::new();
    let mut reader = BufReader::new(stream).take(MAX_QUESTION);
    reader.read_line(&mut asked)?;
    let mut rest = String::new();
    while reader.read_line(&mut rest)? > 2 {
        rest.clear();
    }
    let (status, kind, body) = match asked.split(' ').nth(1) {
        Some("/") => ("200 OK", "text/html; charset=utf-8", page),
        Some("/favicon.svg") => ("200 OK", "image/svg+xml", favicon()),
        _ => ("404 Not Found", "text/plain", "not found\n"),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}
