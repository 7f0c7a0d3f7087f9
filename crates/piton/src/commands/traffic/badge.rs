//! `piton traffic badge`: the badges, to be pasted somewhere.

use clap::{Args, ValueEnum};
use piton_github::RepoName;
use serde_json::json;

use super::look::{How, look};
use super::place::MeantArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};

/// The form in which a badge is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Markdown,
    Html,
    Rst,
    Url,
}

/// Print the badges of a repository, to be pasted into its README
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic badge
  piton traffic badge --format html installs
  piton traffic badge --repo acme/widget --format url")]
pub(crate) struct BadgeArgs {
    /// Which badges; default: all
    #[arg(value_name = "BADGE", value_parser = ["installs", "downloads", "clones", "views"])]
    badges: Vec<String>,

    /// In which form
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Markdown)]
    format: Format,

    #[command(flatten)]
    pub(super) meant: MeantArgs,
}

pub(super) const ALL: [&str; 4] = ["installs", "downloads", "clones", "views"];

pub(crate) fn run(context: &Context, args: &BadgeArgs) -> CommandResult {
    let place = context.place_if_any()?;
    let looked = look(context, place, &args.meant, How::default())?;
    let Some(gist) = looked.seen.badge.found() else {
        return Err(CommandError::failed(format!(
            "could not find the badges of {}",
            looked.repository
        ))
        .hint("`piton traffic create` makes them"));
    };
    let page = dashboard_of(&looked.seen.repository);
    let wanted = |name: &str| args.badges.is_empty() || args.badges.iter().any(|one| one == name);
    let badges: Vec<(&str, String, String)> = ALL
        .into_iter()
        .filter(|name| wanted(name))
        .map(|name| {
            let (image, link) = addresses(name, &gist.owner, &gist.id, &page);
            (name, image, link)
        })
        .collect();
    if context.out.json_wanted() {
        let badges: Vec<_> = badges
            .iter()
            .map(|(name, image, link)| json!({ "name": name, "image": image, "link": link }))
            .collect();
        context.out.json(json!({ "badges": badges }));
        return Ok(Exit::Done);
    }
    for (name, image, link) in badges {
        context.out.data(&match args.format {
            Format::Markdown => format!("[![{name}]({image})]({link})\n"),
            Format::Html => {
                format!("<a href=\"{link}\"><img src=\"{image}\" alt=\"{name}\"></a>\n")
            }
            Format::Rst => {
                format!(".. image:: {image}\n   :target: {link}\n   :alt: {name}\n")
            }
            Format::Url => format!("{image}\n"),
        });
    }
    Ok(Exit::Done)
}

/// Where the dashboard of a repository is, once it is published.
pub(super) fn dashboard_of(repository: &RepoName) -> String {
    let owner = repository.owner().to_lowercase();
    format!("https://{owner}.github.io/{}/stats/", repository.name())
}

/// The image of a badge, and the tab of the dashboard that it leads to.
pub(super) fn addresses(name: &str, owner: &str, gist: &str, page: &str) -> (String, String) {
    let raw = format!("https://gist.githubusercontent.com/{owner}/{gist}/raw/{name}.json");
    let tab = if name == "views" { name } else { "installs" };
    let image = format!("https://img.shields.io/endpoint?url={raw}");
    (image, format!("{page}#{tab}"))
}
