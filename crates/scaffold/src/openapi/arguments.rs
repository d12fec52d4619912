//! The arguments of a tool: what of its operations the caller gives.

use std::collections::BTreeSet;

use super::{
    calls::{Class, class},
    describe::id_words,
    group::{Proposal, Task, capital},
    model::{Input, Operation, Place},
    names, plain,
    schema::Kind,
};

/// An argument.
#[derive(Clone, Debug)]
pub(super) struct Argument<'a> {
    pub(super) name: String,
    pub(super) input: &'a Input,
    pub(super) required: bool,
    pub(super) text: String,
    /// Which part of the path it is, from 0; none for what is no part of it.
    pub(super) part: Option<usize>,
}

/// The arguments of a tool.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments<'a> {
    /// The required ones first.
    pub(super) list: Vec<Argument<'a>>,
    /// The one that chooses a single object, in a tool that also lists.
    pub(super) id: Option<String>,
}

impl<'a> Arguments<'a> {
    /// The argument for an input of an operation, if the caller gives it.
    pub(super) fn for_input(
        &self,
        operation: &Operation,
        at: usize,
        main: bool,
    ) -> Option<&Argument<'a>> {
        let input = operation.inputs.get(at)?;
        if input.place == Place::Path {
            let part = operation.inputs[..at]
                .iter()
                .filter(|input| input.place == Place::Path)
                .count();
            return self
                .list
                .iter()
                .find(|argument| argument.part == Some(part));
        }
        self.list
            .iter()
            .find(|argument| main && argument.part.is_none() && std::ptr::eq(argument.input, input))
    }
}

/// The arguments of a tool.
pub(super) fn of<'a>(classes: &[Class<'a>], proposal: &Proposal) -> Arguments<'a> {
    let (main, longest, id) = match &proposal.task {
        Task::Find { list, item, .. } => (*list, item.unwrap_or(*list), *item),
        Task::Read { item, .. } => (*item, *item, None),
        Task::Act { operation, .. } => (*operation, *operation, None),
    };
    let (Some(main), Some(longest)) = (class(classes, main), class(classes, longest)) else {
        return Arguments::default();
    };
    let mut taken = BTreeSet::new();
    let mut arguments = Arguments::default();
    let count = longest.operation.path_inputs().count();
    for (part, input) in longest.operation.path_inputs().enumerate() {
        let is_last = part + 1 == count;
        let words = if is_last {
            id_words(longest.operation)
        } else {
            input.words.clone()
        };
        let name = names::field(&words, &mut taken);
        let chooses = is_last && id.is_some();
        if chooses {
            arguments.id = Some(name.clone());
        }
        let text = if chooses {
            format!(
                "Which {} to read in full, as the list shows it; left out, they are listed.",
                proposal.noun
            )
        } else {
            described(input, proposal)
        };
        arguments.list.push(Argument {
            name,
            input,
            required: !chooses,
            text,
            part: Some(part),
        });
    }
    let paging = main.operation.list.as_ref().map(|list| &list.paging);
    let is_reading = matches!(proposal.task, Task::Find { .. });
    for (at, input) in main.operation.inputs.iter().enumerate() {
        let paged = is_reading
            && paging.is_some_and(|paging| paging.position == Some(at) || paging.size == Some(at));
        if input.place == Place::Path || paged {
            continue;
        }
        let name = names::field(&input.words, &mut taken);
        arguments.list.push(Argument {
            name,
            input,
            required: input.required,
            text: described(input, proposal),
            part: None,
        });
    }
    arguments.list.sort_by_key(|argument| !argument.required);
    arguments
}

/// What a model reads of an argument: what the document says, where that can be taken over.
fn described(input: &Input, proposal: &Proposal) -> String {
    let mut text = if let Some(text) = &input.text {
        capital(text)
    } else {
        let words = input.words.join(" ");
        let words = if words.is_empty() {
            "value".to_owned()
        } else {
            words
        };
        match input.place {
            Place::Path => format!(
                "The {words} in the address of the {}, as a list shows it",
                proposal.noun
            ),
            Place::Body => format!("The {words} to set for the {}", proposal.noun),
            Place::Query | Place::Header => {
                format!(
                    "The {words} to ask for, of {}",
                    plain::plural(&proposal.noun)
                )
            }
        }
    };
    match input.kind {
        Kind::Array => text.push_str("; a JSON array as text, such as [1, 2]"),
        Kind::Object => text.push_str("; a JSON object as text"),
        _ => {}
    }
    text.push('.');
    text
}
