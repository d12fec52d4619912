//! The tools of an API in Python.
//!
//! What every tool needs is in the template (`client.py`, `listing.py`, `details.py`, `actions.py`,
//! `values.py`), linted and tested there. Written here is what the document decides: [`operations`],
//! the tools themselves ([`tool`]) and their tests ([`test`]). [`literal`] keeps to the form that the
//! formatter gives: whatever may become long stands with one element on a line and a comma behind it.

use std::collections::BTreeSet;

use super::{
    ApiError,
    access::KeyPlace,
    group::{Proposal, Task},
    model::Model,
    overlay,
};
use crate::{Answers, Rendered, render::Tree};

mod arguments;
mod literal;

mod operations;
mod test;
mod tool;

use operations::Class;

/// Adds the tools to a project.
///
/// # Errors
/// The template has not what is extended.
pub(super) fn add(
    tree: &mut Tree,
    answers: &Answers,
    model: &Model,
    chosen: &[&Proposal],
) -> Result<(), ApiError> {
    let module = answers.name.snake();
    let mut places = BTreeSet::new();
    for proposal in chosen {
        match &proposal.task {
            Task::Find { list, item, subs } => {
                places.extend([*list].into_iter().chain(*item).chain(subs.iter().copied()));
            }
            Task::Read { item, subs } => {
                places.extend([*item].into_iter().chain(subs.iter().copied()));
            }
            Task::Act {
                operation, present, ..
            } => places.extend([*operation].into_iter().chain(*present)),
        }
    }
    let classes = operations::classes(model, &places);
    let mut put = |path: String, text: String| {
        tree.insert(
            path,
            Rendered {
                text,
                executable: false,
            },
        );
    };
    put(
        format!("src/{module}/operations.py"),
        operations::file(&classes),
    );
    if let Some(key) = &model.key {
        put(format!("src/{module}/credentials.py"), credentials(key));
    }
    let mut locked = Vec::new();
    for proposal in chosen {
        let arguments = arguments::of(&classes, proposal);
        put(
            format!("src/{module}/tools/{}.py", proposal.tool),
            tool::file(&classes, proposal, &arguments),
        );
        put(
            format!("tests/unit/tools/test_{}.py", proposal.tool),
            test::file(&module, &classes, proposal, &arguments),
        );
        locked.push(tool::definition(&classes, proposal, &arguments));
    }
    overlay::add(tree, &module, model, chosen, &locked)
}

/// The class of an operation; every place of a task has one.
fn class<'a, 'b>(classes: &'b [Class<'a>], place: usize) -> Option<&'b Class<'a>> {
    classes.iter().find(|class| class.place == place)
}

/// `credentials.py`.
fn credentials(key: &KeyPlace) -> String {
    let bearer = "        \"Authorization\": f\"Bearer {key}\",\n".to_owned();
    let (import, header, query) = match key {
        KeyPlace::Bearer => ("", bearer, None),
        KeyPlace::Basic => (
            "\nimport base64\n",
            "        \"Authorization\": f\"Basic {base64.b64encode(key.encode()).decode()}\",\n"
                .to_owned(),
            None,
        ),
        KeyPlace::Header(name) => (
            "",
            format!("        {}: key,\n", literal::string(name)),
            None,
        ),
        KeyPlace::Query(name) => ("", String::new(), Some(name)),
    };
    let headers = if header.is_empty() {
        "    headers: dict[str, str] = {}\n".to_owned()
    } else {
        format!("    headers = {{\n{header}    }}\n")
    };
    let query = match query {
        None => "    query: dict[str, str] = {}\n".to_owned(),
        Some(name) => format!(
            "    query = {{\n        {}: key,\n    }}\n",
            literal::string(name)
        ),
    };
    format!(
        "\"\"\"How a request shows the key of the API.\"\"\"\n{import}\n\n\
         def of(key: str) -> tuple[dict[str, str], dict[str, str]]:\n    \
         \"\"\"Give the headers and the parts of the query that carry the key.\"\"\"\n\
         {headers}{query}    return headers, query\n"
    )
}
