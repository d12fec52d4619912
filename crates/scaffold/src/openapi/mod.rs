//! Tools from an `OpenAPI` document: which tasks it allows, and the code of the chosen ones.
//!
//! - `read`: the document, its references and bounds.
//! - `model`: what the API takes and gives; `schema` of values, `lists` of lists and their pages,
//!   `access` of addresses and keys.
//! - `plain`: names and texts of the document, made harmless. Everything that reaches a description
//!   goes through `plain::sentence`; what else reaches code goes through the printer's literals.
//! - `group`: operations joined to tasks, one tool each; `verbs` of paths, `describe` for what a
//!   model reads of them.
//! - `calls`, `arguments` and `surface`: operations, arguments and definitions of the tools, as all
//!   languages have them.
//! - `python` and `rust`: the tools, their operations and tests in these languages. To add one, add a
//!   module beside them and name it in `add`.
//! - `overlay` and `lock`: what the template's own files say of the tools.
//!
//! The generator is no part of the template's version: `seaworthy upgrade` makes both sides of its
//! comparison with it, so that it changes what comes from the template and never a generated tool.

use std::collections::BTreeSet;

use crate::{Answers, Feature, Language, digest::digest, render::Tree};

mod access;
mod arguments;
mod calls;
mod case;
mod describe;
mod group;
mod lists;
mod lock;
mod model;
mod names;
mod overlay;
mod plain;
mod python;
mod read;
mod rust;
mod schema;
mod surface;
mod verbs;

#[cfg(test)]
mod tests;

pub use access::KeyPlace;
pub use group::{Group, Proposal};
pub use read::LONGEST;

/// The copy of the document in a project.
pub const FILE: &str = "openapi.json";

/// The most tools that a server offers, the template's own among them; the gate asks for no more
/// (rule N10, Anthropic's guidance on tools).
pub const MOST_TOOLS: usize = 20;

/// A document, and the tools that are made from it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// The document's text.
    pub document: String,
    /// The tools' names, sorted.
    pub tools: Vec<String>,
}

impl Source {
    /// The digest of the document: SHA-256 in hexadecimal.
    pub fn digest(&self) -> String {
        digest([self.document.as_str()])
    }
}

/// Why a document cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{about}{}: {problem}", place(at))]
pub struct ApiError {
    about: &'static str,
    /// Where in the document, as a JSON pointer; empty for the whole.
    pub at: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: String,
}

fn place(at: &str) -> String {
    if at.is_empty() {
        return String::new();
    }
    let shown: String = at.chars().take(200).flat_map(char::escape_debug).collect();
    format!(" at {shown}")
}

impl ApiError {
    /// What was asked for cannot be; the document is sound.
    fn asked(problem: String, hint: &str) -> Self {
        Self {
            about: "no tools are made",
            ..Self::new("", problem, hint)
        }
    }

    fn new(at: &str, problem: String, hint: &str) -> Self {
        Self {
            about: "the OpenAPI document cannot be used",
            at: at.to_owned(),
            problem,
            hint: hint.to_owned(),
        }
    }
}

/// A document, understood.
#[derive(Debug)]
pub struct Api {
    text: String,
    model: model::Model,
    /// The groups of tools that it allows, sorted by name.
    pub groups: Vec<Group>,
}

impl Api {
    /// Reads a document.
    ///
    /// # Errors
    /// It cannot be used as a whole. Single operations that cannot be are in [`Api::left_out`].
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let document = read::Document::read(text)?;
        let model = model::Model::of(&document)?;
        let groups = group::groups(&model);
        if groups.is_empty() {
            return Err(ApiError::new(
                "/paths",
                match model.left_out.first() {
                    None => "it has no operations".to_owned(),
                    Some((operation, why)) => {
                        format!("none of its operations can become a tool; {operation}: {why}")
                    }
                },
                "give a document that has operations with JSON",
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            model,
            groups,
        })
    }

    /// The API's name, as the document gives it, made harmless.
    pub fn title(&self) -> &str {
        &self.model.title
    }

    /// The base of the API's addresses, if the document names one that a key may be sent to.
    pub fn base(&self) -> Option<&str> {
        self.model.base.as_deref()
    }

    /// How the API takes its key; none where it takes none.
    pub fn key(&self) -> Option<&KeyPlace> {
        self.model.key.as_ref()
    }

    /// What the user should know of the document.
    pub fn notes(&self) -> &[String] {
        &self.model.notes
    }

    /// Operations that no tool can be made from, and why.
    pub fn left_out(&self) -> &[(String, String)] {
        &self.model.left_out
    }

    /// All proposals.
    pub fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.groups.iter().flat_map(|group| &group.proposals)
    }

    /// The tools that are best to begin with, as many as there is room for beside `others`; sorted.
    pub fn best(&self, others: usize) -> Vec<String> {
        let mut ranked: Vec<_> = self.proposals().collect();
        ranked.sort_by_key(|proposal| proposal.rank());
        let mut names: Vec<_> = ranked
            .iter()
            .take(MOST_TOOLS.saturating_sub(others))
            .map(|proposal| proposal.tool.clone())
            .collect();
        names.sort();
        names
    }

    /// The document with the tools that names of groups or of tools choose.
    ///
    /// # Errors
    /// There is no such group, or there are more tools than there is room for beside `others`.
    pub fn choose(&self, names: &[String], others: usize) -> Result<Source, ApiError> {
        let mut tools = BTreeSet::new();
        for name in names {
            let before = tools.len();
            let mut found = false;
            for group in &self.groups {
                for proposal in &group.proposals {
                    if group.name == *name || proposal.tool == *name {
                        found = true;
                        tools.insert(proposal.tool.clone());
                    }
                }
            }
            if !found && tools.len() == before {
                let known: Vec<_> = self
                    .groups
                    .iter()
                    .map(|group| group.name.as_str())
                    .take(20)
                    .collect();
                return Err(ApiError::asked(
                    format!("the document has no group or tool {name:?}"),
                    &format!("--list-groups shows them; groups are {}", known.join(", ")),
                ));
            }
        }
        let room = MOST_TOOLS.saturating_sub(others);
        if tools.is_empty() || tools.len() > room {
            return Err(ApiError::asked(
                format!(
                    "{} tools are chosen; 1 to {room} can be, beside the project's own",
                    tools.len()
                ),
                "name fewer groups, or single tools, with --group",
            ));
        }
        Ok(Source {
            document: self.text.clone(),
            tools: tools.into_iter().collect(),
        })
    }

    /// The features of a project with tools of this document.
    pub fn features(&self) -> BTreeSet<Feature> {
        let mut features = BTreeSet::from([Feature::Openapi]);
        if self.key().is_some() {
            features.insert(Feature::Key);
        }
        features
    }

    /// Of the chosen tools, those that mirror one endpoint, each with what to do about it.
    pub fn mirrors(&self, tools: &[String]) -> Vec<String> {
        self.proposals()
            .filter(|proposal| tools.contains(&proposal.tool))
            .filter_map(Proposal::warning)
            .collect()
    }
}

/// Adds the tools of a document to a project that was rendered with [`Api::features`].
///
/// # Errors
/// The document cannot be used, or has no longer the tools that were chosen.
pub(crate) fn add(tree: &mut Tree, answers: &Answers, source: &Source) -> Result<(), ApiError> {
    let api = Api::read(&source.document)?;
    let mut chosen = Vec::new();
    for tool in &source.tools {
        let Some(proposal) = api.proposals().find(|proposal| proposal.tool == *tool) else {
            return Err(ApiError::new(
                "",
                format!("it has no tool {tool:?}"),
                "see seaworthy new --api FILE --list-groups",
            ));
        };
        chosen.push(proposal);
    }
    match answers.language {
        Language::Python => python::add(tree, answers, &api.model, &chosen)?,
        Language::Rust => rust::add(tree, answers, &api.model, &chosen)?,
    }
    tree.insert(
        FILE.to_owned(),
        crate::Rendered {
            text: source.document.clone(),
            executable: false,
        },
    );
    Ok(())
}
