//! The tools of an API in Python.
//!
//! What every tool needs is in the template (`client.py`, `listing.py`, `details.py`, `actions.py`,
//! `values.py`), linted and tested there. Written here is what the document decides: [`operations`],
//! the tools themselves ([`tool`]) and their tests ([`test`]). [`literal`] keeps to the form that the
//! formatter gives: whatever may become long stands with one element on a line and a comma behind it.

use super::{
    ApiError, access::KeyPlace, arguments, calls, group::Proposal, model::Model, overlay, surface,
};
use crate::{Answers, Rendered, render::Tree};

mod literal;
mod operations;
mod test;
mod tool;

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
    let classes = calls::classes(model, chosen);
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
        locked.push(surface::definition(
            &classes,
            proposal,
            &arguments,
            answers.language,
        ));
    }
    overlay::add(tree, answers, model, chosen, &locked)
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
