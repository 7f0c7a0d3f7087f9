//! Opens the backend that keeps the plans.

use piton_backend::log::Writer;
use piton_backend::store::forge::{CloneState, ForgeBackend, Medium, Writing};
use piton_backend::store::local::{Layout, LocalBackend};
use piton_backend::store::{Backend, BackendRead, Provider};
use piton_base::Digest;
use piton_durable::{Disk, write_atomic};

use super::place::StoredPlace;
use super::who::{in_actions, user};
use crate::context::{Context, forge};
use crate::error::CommandError;

/// Runs something that changes plans with the backend of a provider. What is
/// about a session goes into the session's log.
pub(crate) fn with_backend<T>(
    context: &Context,
    place: &StoredPlace,
    provider: Provider,
    session: Option<&str>,
    run: impl FnOnce(&dyn Backend) -> T,
) -> Result<T, CommandError> {
    let writer = match provider {
        Provider::GithubIssue | Provider::GithubDraftPr => writer(context, place, session)?,
        Provider::Local => reader(),
    };
    opened(context, place, provider, writer, run)
}

/// Runs something that only looks. Nothing is written for it, not even the name
/// of this clone.
pub(crate) fn with_reader<T>(
    context: &Context,
    place: &StoredPlace,
    provider: Provider,
    run: impl FnOnce(&dyn BackendRead) -> T,
) -> Result<T, CommandError> {
    opened(context, place, provider, reader(), |backend| run(backend))
}

/// Refuses to begin where no place for plans can be told.
pub(crate) fn refuse_nowhere(
    context: &Context,
    place: &StoredPlace,
    provider: Provider,
) -> Result<(), CommandError> {
    with_reader(context, place, provider, |_| ())
}

fn reader() -> Writer {
    Writer::new("reader").expect("it is a name")
}

fn opened<T>(
    context: &Context,
    place: &StoredPlace,
    provider: Provider,
    writer: Writer,
    run: impl FnOnce(&dyn Backend) -> T,
) -> Result<T, CommandError> {
    let kept_in = match provider {
        Provider::GithubIssue => Medium::Issue,
        Provider::GithubDraftPr => Medium::DraftPull,
        Provider::Local => return Ok(run(&local(context, place))),
    };
    let client = forge::client(context, &place.settings)?;
    let repository = forge::repository(
        context,
        &client,
        place.settings.plans_repository(),
        place.checkout.remote.as_deref(),
    )?;
    let clone = CloneState {
        dir: place.state(),
        disk: &context.disk,
    };
    Ok(run(&ForgeBackend {
        forge: &client,
        repo: repository,
        place: kept_in,
        writing: Writing::new(writer, &context.clock, Some(clone)),
    }))
}

fn local<'a>(context: &'a Context, place: &StoredPlace) -> LocalBackend<'a> {
    let dir = place.settings.plans_dir();
    LocalBackend {
        disk: &context.disk,
        clock: &context.clock,
        layout: Layout {
            root: place.checkout.root.join(dir),
        },
        lock: place.state().join("local.lock"),
        scratch: place.state().join("unfinished"),
        user: user(context),
    }
}

/// Returns the name under which this process keeps its log: that of the run in
/// CI, else that of the session, else that of this clone. A run and a session
/// say their clone too: the jobs of a run, each with a clone of its own, write
/// at the same time.
fn writer(
    context: &Context,
    place: &StoredPlace,
    session: Option<&str>,
) -> Result<Writer, CommandError> {
    let clone = clone_name(context, place)?;
    let environment = &context.environment;
    let run = environment
        .get("GITHUB_RUN_ID")
        .filter(|_| in_actions(environment));
    let named = match (run, session) {
        (Some(run), _) => format!("run-{run}"),
        (None, Some(session)) if !session.trim().is_empty() => {
            format!("session-{}", plain(session.trim()))
        }
        (None, _) => return Ok(clone),
    };
    let own = clone.as_str().trim_start_matches("clone-");
    let own = own.get(..8).unwrap_or(own);
    Ok(Writer::new(&format!("{named}-{own}")).unwrap_or(clone))
}

/// Returns the name of a session as a writer may have it.
fn plain(session: &str) -> String {
    let fits = session.len() <= 48
        && session
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if fits {
        return session.to_owned();
    }
    Digest::of(session.as_bytes())
        .hex()
        .chars()
        .take(16)
        .collect()
}

fn clone_name(context: &Context, place: &StoredPlace) -> Result<Writer, CommandError> {
    let path = place.state().join("clone");
    let cannot = |error: &dyn std::error::Error| {
        CommandError::failed("could not give this clone a name of its own")
            .with_source(piton_base::on_one_line(error))
    };
    let read = || piton_durable::DiskRead::read_at_most(&context.disk, &path, 200);
    // Under another name its earlier changes would be somebody else's.
    match read() {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            if let Some(writer) = Writer::new(text.trim()) {
                return Ok(writer);
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot(&error)),
    }
    let name = format!("clone-{}", uuid::Uuid::new_v4().simple());
    let fresh = place.state().join(format!("{name}.new"));
    write_atomic(&context.disk, &fresh, name.as_bytes(), 0o644).map_err(|error| cannot(&error))?;
    // Another process may have been faster: then its name counts.
    match context.disk.rename_new(&fresh, &path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            context.disk.remove_file(&fresh)
        }
        Err(error) => Err(error),
    }
    .map_err(|error| cannot(&error))?;
    let bytes = read().map_err(|error| cannot(&error))?;
    Writer::new(String::from_utf8_lossy(&bytes).trim())
        .ok_or_else(|| CommandError::failed(format!("{} holds no name", path.display())))
}
