//! The operations that tools call, and how their types and fields are named in every language.

use std::collections::BTreeSet;

use super::{
    group::{Proposal, Task},
    model::{Model, Operation},
    names, plain,
};

/// An operation and how its class names things.
#[derive(Debug)]
pub(super) struct Class<'a> {
    pub(super) operation: &'a Operation,
    /// Its place in the model.
    pub(super) place: usize,
    pub(super) name: String,
    /// The fields' names, in the order of the inputs.
    pub(super) fields: Vec<String>,
}

/// The classes of all operations that these tools call, sorted by name.
pub(super) fn classes<'a>(model: &'a Model, chosen: &[&Proposal]) -> Vec<Class<'a>> {
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
    let mut taken = BTreeSet::new();
    let mut classes: Vec<_> = places
        .iter()
        .map(|&place| {
            let operation = &model.operations[place];
            let mut words = operation.id.clone();
            if words.len() < 2 {
                words = vec![operation.method.to_lowercase()];
                words.extend(plain::words(&operation.path.replace("{}", " ")));
            }
            let mut fields = BTreeSet::new();
            Class {
                operation,
                place,
                name: names::class(&words, &mut taken),
                fields: operation
                    .inputs
                    .iter()
                    .map(|input| names::field(&input.words, &mut fields))
                    .collect(),
            }
        })
        .collect();
    classes.sort_by(|one, other| one.name.cmp(&other.name));
    classes
}

/// The class of an operation; every place of a task has one.
pub(super) fn class<'a, 'b>(classes: &'b [Class<'a>], place: usize) -> Option<&'b Class<'a>> {
    classes.iter().find(|class| class.place == place)
}

/// What the parts of an answer are called that joins these operations; the first is the object.
pub(super) fn labels(classes: &[Class<'_>], noun: &str, places: &[usize]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    places
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let path = class(classes, *place).map_or("", |class| class.operation.path.as_str());
            let last = path.rsplit('/').find(|part| !part.contains("{}"));
            let mut label = if at == 0 {
                noun.to_owned()
            } else {
                plain::words(last.unwrap_or_default()).join(" ")
            };
            while !taken.insert(label.clone()) {
                label.push_str(" too");
            }
            label
        })
        .collect()
}
