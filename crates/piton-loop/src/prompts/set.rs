//! The templates in force: the program's own, and the repository's in their
//! place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use piton_durable::{DiskRead, Kind};
use serde::Serialize;

use super::builtin::TEMPLATES;
use super::context::{HumanReviewPrompt, PlanningPrompt, TastePrompt};
use super::quote;
use super::work::WorkPrompt;
use super::{PromptError, PromptRole, TemplateOrigin};

/// A template of a repository cannot keep the program busy for ever.
const FUEL: u64 = 2_000_000;

/// Each template's origin and text, by its name.
type Templates = BTreeMap<&'static str, (TemplateOrigin, String)>;

/// All templates, checked for syntax.
#[derive(Debug)]
pub struct PromptSet {
    environment: Environment<'static>,
    templates: Templates,
}

impl PromptSet {
    /// Loads the program's templates, and those in `overrides` in their place.
    pub fn load(disk: &dyn DiskRead, overrides: &Path) -> Result<Self, PromptError> {
        let mut templates = built_in();
        for path in template_files(disk, overrides)? {
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(slot) = name.and_then(|name| templates.get_mut(name)) else {
                return Err(PromptError::UnknownTemplate {
                    path,
                    known: templates.keys().copied().collect::<Vec<_>>().join(", "),
                });
            };
            let text = read_text(disk, &path)?;
            *slot = (TemplateOrigin::Repository(path), text);
        }
        Self::with(templates)
    }

    /// Returns the program's own templates.
    pub fn built_in() -> Result<Self, PromptError> {
        Self::with(built_in())
    }

    /// Returns any template or part by its file name.
    pub fn part(&self, name: &str) -> Option<(&TemplateOrigin, &str)> {
        let (origin, text) = self.templates.get(name)?;
        Some((origin, text))
    }

    /// Returns the names of all templates and parts.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.templates.keys().copied()
    }

    /// Renders the prompt of a planning step.
    pub fn planning(&self, prompt: &PlanningPrompt<'_>) -> Result<String, PromptError> {
        self.render(prompt.step.into(), prompt)
    }

    /// Renders the prompt of work, or of a question before it.
    pub fn work(&self, prompt: &WorkPrompt<'_>) -> Result<String, PromptError> {
        let about = &prompt.about;
        let placed = Placed {
            may_write: about.may_write(),
            reads_only: about.reads_only(),
            prompt,
        };
        self.render(about.role(), &placed)
    }

    /// Renders the prompt of a review by a person.
    pub fn human_review(&self, prompt: &HumanReviewPrompt<'_>) -> Result<String, PromptError> {
        self.render(PromptRole::HumanReview, prompt)
    }

    /// Renders the prompt of a session about taste.
    pub fn taste(&self, role: PromptRole, prompt: &TastePrompt<'_>) -> Result<String, PromptError> {
        self.render(role, prompt)
    }

    fn render(&self, role: PromptRole, context: &impl Serialize) -> Result<String, PromptError> {
        let name = role.template();
        let told = self
            .environment
            .get_template(&name)
            .and_then(|template| template.render(minijinja::value::Serde(context)))
            .map_err(|error| set_error(&self.templates, &name, &error))?;
        // As one that was cut off does: an agent would be paid to guess.
        if told.trim().is_empty()
            && let Some((origin, _)) = self.part(&name)
        {
            return Err(PromptError::Template {
                origin: origin.clone(),
                line: None,
                detail: "it says nothing".to_owned(),
            });
        }
        Ok(told)
    }

    fn with(templates: Templates) -> Result<Self, PromptError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("quoted", |text: String, label: String| {
            quote::quoted(&text, &label)
        });
        environment.add_filter("inline", |text: String| quote::inline(&text));
        for (name, (_, text)) in &templates {
            environment
                .add_template_owned(*name, text.clone())
                .map_err(|error| set_error(&templates, name, &error))?;
        }
        Ok(Self {
            environment,
            templates,
        })
    }
}

/// A prompt with what it may write, which its template tells.
#[derive(Serialize)]
struct Placed<'a> {
    may_write: String,
    reads_only: bool,
    #[serde(flatten)]
    prompt: &'a WorkPrompt<'a>,
}

fn built_in() -> Templates {
    TEMPLATES
        .iter()
        .map(|(name, text)| (*name, (TemplateOrigin::BuiltIn(name), (*text).to_owned())))
        .collect()
}

/// Names the innermost template that an error is about.
fn set_error(templates: &Templates, name: &str, error: &minijinja::Error) -> PromptError {
    let below = piton_base::causes(error);
    let innermost = below.filter_map(|inner| inner.downcast_ref::<minijinja::Error>());
    let innermost = innermost.last().unwrap_or(error);
    let name = innermost.name().unwrap_or(name);
    let origin = templates.get(name).map_or_else(
        || TemplateOrigin::Repository(PathBuf::from(name)),
        |(origin, _)| origin.clone(),
    );
    let detail = match innermost.kind() {
        ErrorKind::OutOfFuel => "it does not end".to_owned(),
        kind => innermost
            .detail()
            .map_or_else(|| kind.to_string(), |detail| format!("{kind}: {detail}")),
    };
    PromptError::Template {
        origin,
        line: innermost.line(),
        detail,
    }
}

fn template_files(disk: &dyn DiskRead, dir: &Path) -> Result<Vec<PathBuf>, PromptError> {
    if disk.stat(dir)?.is_none() {
        return Ok(Vec::new());
    }
    let entries = disk.list(dir)?;
    Ok(entries
        .into_iter()
        .filter(|entry| entry.kind != Kind::Dir && entry.name.to_string_lossy().ends_with(".j2"))
        .map(|entry| dir.join(entry.name))
        .collect())
}

fn read_text(disk: &dyn DiskRead, path: &Path) -> Result<String, PromptError> {
    let bytes = disk.read(path)?;
    String::from_utf8(bytes).map_err(|_| PromptError::NotText {
        path: path.to_owned(),
    })
}
