//! The tools of an API in Rust.
//!
//! What every tool needs is in the template (`client.rs`, `listing.rs`, `details.rs`, `actions.rs`,
//! `values.rs`, and for the tests `stubs.rs`), linted and tested there. Written here is what the
//! document decides: [`operations`], the tools themselves ([`tool`]) and what their tests are made
//! with ([`case`]). [`literal`] keeps to the form that rustfmt leaves.

use super::{
    ApiError, access::KeyPlace, arguments, calls, group::Proposal, model::Model, overlay, surface,
};
use crate::{Answers, Rendered, render::Tree};

mod case;
mod literal;
mod operations;
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
    put("src/operations.rs".to_owned(), operations::file(&classes));
    if let Some(key) = &model.key {
        put("src/credentials.rs".to_owned(), credentials(key));
    }
    let mut locked = Vec::new();
    for proposal in chosen {
        let arguments = arguments::of(&classes, proposal);
        put(
            format!("src/tools/{}.rs", proposal.tool),
            tool::file(&classes, proposal, &arguments),
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

/// `credentials.rs`.
fn credentials(key: &KeyPlace) -> String {
    let before = "pub const SCHEME: Scheme = Scheme::";
    let scheme = match key {
        KeyPlace::Bearer => format!("{before}Bearer;\n"),
        KeyPlace::Basic => format!("{before}Basic;\n"),
        KeyPlace::Header(name) => {
            literal::call(&format!("{before}Header"), &[literal::string(name)], ";", 0)
        }
        KeyPlace::Query(name) => {
            literal::call(&format!("{before}Query"), &[literal::string(name)], ";", 0)
        }
    };
    format!(
        "//! How a request shows the key of the API.\n\nuse crate::client::Scheme;\n\n\
         /// As the API's document says it.\n{scheme}"
    )
}
