//! How plans on GitHub are read.

use piton_github::endpoints::{comments, contents, issues, pulls};
use piton_github::found;

use super::backend::{ForgeBackend, Medium};
use super::commands::has_commands;
use super::footing::{document, mark, number};
use super::trust::{is_trusted, trusted};
use crate::header::Patch;
use crate::kind::{Seen, TextKind};
use crate::log::{LogPage, fold};
use crate::store::interface::checked_header;
use crate::store::{
    BackendRead, Document, Listing, PlanComment, PlanId, PlanQuery, PlanText, Provider, Result,
    State,
};
use crate::text::{has_footer, plan_in_body, plan_in_comment, unescape_markers};

/// How many of the newest issues are looked at for one that was made before.
const LOOKED_AT: usize = 100;

impl ForgeBackend<'_> {
    fn seen(document: &Document) -> TextKind {
        TextKind::of(&Seen {
            body: &document.body,
            is_pull: document.is_pull,
            labels: &document.labels,
        })
    }

    /// Reads the text out of the comment that the header names, else out of the
    /// first one that holds a plan; one of the repository's own goes first.
    fn text_in_comments(&self, document: &Document) -> Result<Option<PlanText>> {
        let named = document
            .header()
            .ok()
            .and_then(|header| header.number("plan_comment_id"));
        if let Some(id) = named
            && let Some(comment) = found(comments::get(self.forge, &self.repo, id))?
            && comment.issue() == document.id.number()
            && let Some(text) = text_of(document, &comment)
        {
            return Ok(Some(text));
        }
        let mut strange = None;
        for comment in comments::list(self.forge, &self.repo, number(&document.id)?, None) {
            if let Some(text) = text_of(document, &comment?) {
                if text.trusted {
                    return Ok(Some(text));
                }
                strange.get_or_insert(text);
            }
        }
        Ok(strange)
    }

    /// Reads the plan that was committed on the branch of a pull request.
    fn text_on_branch(&self, document: &Document) -> Result<Option<String>> {
        let number = number(&document.id)?;
        let Some(pull) = found(pulls::get(self.forge, &self.repo, number))? else {
            return Ok(None);
        };
        let read = contents::read(
            self.forge,
            &self.repo,
            ".erk/impl-context/plan.md",
            Some(&pull.head.sha),
        );
        Ok(found(read)?.and_then(|bytes| String::from_utf8(bytes).ok()))
    }
}

impl BackendRead for ForgeBackend<'_> {
    fn provider(&self) -> Provider {
        match self.place {
            Medium::Issue => Provider::GithubIssue,
            Medium::DraftPull => Provider::GithubDraftPr,
        }
    }

    fn document(&self, id: &PlanId) -> Result<Option<Document>> {
        let issue = found(issues::get(self.forge, &self.repo, number(id)?))?;
        Ok(issue.map(document))
    }

    fn source(&self, document: &Document) -> Result<Option<PlanText>> {
        // What stands in the body is its author's.
        let own = |text: String| PlanText {
            text,
            author: document.author.clone(),
            trusted: document.trusted,
        };
        let source = match Self::seen(document) {
            TextKind::PullPlan => plan_in_body(&document.body)
                .place()
                .map(|place| own(unescape_markers(&document.body[place]))),
            TextKind::PullPlanWithoutText => self.text_on_branch(document)?.map(own),
            TextKind::IssuePlan => self.text_in_comments(document)?,
            TextKind::BareIssuePlan => match self.text_in_comments(document)? {
                Some(source) => Some(source),
                None => Some(own(document.body.clone())),
            },
            TextKind::Pull { .. } | TextKind::Objective | TextKind::Issue => None,
        };
        Ok(source.filter(|source| !source.text.trim().is_empty()))
    }

    fn list(&self, query: &PlanQuery) -> Result<Listing> {
        if query.limit == Some(0) {
            return Ok(Listing::default());
        }
        let mut labels = query.labels.clone();
        if labels.is_empty() {
            labels.push(self.place.label().to_owned());
        }
        let filter = issues::Filter {
            labels,
            state: query.state,
            ..issues::Filter::default()
        };
        let wanted = match self.place {
            Medium::Issue => false,
            Medium::DraftPull => true,
        };
        let mut listing = Listing::default();
        for issue in issues::list(self.forge, &self.repo, &filter) {
            let document = document(issue?);
            if document.is_pull == wanted && Self::seen(&document) != TextKind::Objective {
                listing.plans.push(document);
            }
            if query
                .limit
                .is_some_and(|limit| listing.plans.len() >= limit)
            {
                break;
            }
        }
        Ok(listing)
    }

    fn comments(&self, id: &PlanId) -> Result<Option<Vec<PlanComment>>> {
        let all: Result<Vec<_>, _> =
            comments::list(self.forge, &self.repo, number(id)?, None).collect();
        let Some(all) = found(all)? else {
            return Ok(None);
        };
        Ok(Some(
            all.into_iter()
                .map(|comment| {
                    let trusted = is_trusted(&comment);
                    PlanComment {
                        id: comment.id.to_string(),
                        body: comment.body,
                        author: comment.user.map(|person| person.login),
                        created_at: comment.created_at,
                        trusted,
                    }
                })
                .collect(),
        ))
    }

    fn plan_of_branch(&self, branch: &str) -> Result<Option<PlanId>> {
        if let Some(id) = PlanId::from_branch(branch) {
            return Ok(Some(id));
        }
        // The newest request that is open counts, else the newest of all.
        let mut newest = None;
        for pull in pulls::of_branch(self.forge, &self.repo, branch, None) {
            let pull = pull?;
            if pull.state == State::Open {
                return Ok(Some(PlanId::from(pull.number)));
            }
            newest.get_or_insert(pull.number);
        }
        Ok(newest.map(PlanId::from))
    }

    fn made(&self, key: &str) -> Result<Option<Document>> {
        let mark = mark(key);
        let newest = issues::list(self.forge, &self.repo, &issues::Filter::default());
        for issue in newest.take(LOOKED_AT) {
            let issue = issue?;
            if issue.body.contains(&mark) {
                return Ok(Some(document(issue)));
            }
        }
        Ok(None)
    }

    fn is_whole(&self, made: &Document) -> Result<bool> {
        let is_told = match self.place {
            Medium::Issue => {
                let header = made.header().ok();
                let knows = header.is_some_and(|it| it.number("plan_comment_id").is_some());
                knows && has_commands(made)
            }
            Medium::DraftPull => {
                let label = self.place.label();
                let is_labelled = made.labels.iter().any(|it| it == label);
                is_labelled && has_footer(&made.body, number(&made.id)?)
            }
        };
        Ok(is_told && self.text(made)?.is_some())
    }

    fn lacks(&self, document: &Document) -> Result<Patch> {
        let header = checked_header(document)?;
        let comments: Result<Vec<_>, _> =
            comments::list(self.forge, &self.repo, number(&document.id)?, None).collect();
        let comments = comments?;
        let logs: Vec<LogPage> = trusted(&comments)
            .filter_map(|(_, body)| LogPage::read(body))
            .collect();
        Ok(fold(&header, &logs))
    }
}

/// Reads the plan in a comment. It counts as much as the plan and the comment
/// both do: a stranger's plan may name anybody's comment.
fn text_of(document: &Document, comment: &comments::Comment) -> Option<PlanText> {
    Some(PlanText {
        text: plan_in_comment(&comment.body)?,
        author: comment.user.as_ref().map(|person| person.login.clone()),
        trusted: document.trusted && is_trusted(comment),
    })
}
