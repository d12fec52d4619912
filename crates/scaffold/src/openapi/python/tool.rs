//! `tools/NAME.py`: one tool a file; and what clients will see of it, for the lock file.

use super::{
    super::{
        arguments::{Argument, Arguments},
        calls::{Class, class, labels},
        group::{Proposal, Task, capital},
        lists::{List, Style},
        model::Place,
        schema::Kind,
        surface::{JSON, START, START_TEXT, hints, shared},
    },
    literal::{call, string, strings, text_argument},
};

/// The name of the class of a tool's arguments.
fn arguments_class(proposal: &Proposal) -> String {
    let words: Vec<_> = proposal.tool.split('_').map(capital).collect();
    format!("{}Arguments", words.concat())
}

/// The file's text.
pub(super) fn file(
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
) -> String {
    let shared = shared(proposal);
    let body = body(classes, proposal, arguments);
    let uses = |word: &str| body.contains(word);
    let choices = arguments
        .list
        .iter()
        .any(|argument| matches!(argument.input.kind, Kind::Choice(_)));
    let mut text = format!(
        "\"\"\"`{}`: made of {}.\"\"\"\n\n",
        proposal.tool,
        proposal.calls.join(", ")
    );
    let has_fields = !arguments.list.is_empty() || shared.start;
    match (has_fields, choices) {
        (true, true) => text.push_str("from typing import Annotated, Literal\n\n"),
        (true, false) => text.push_str("from typing import Annotated\n\n"),
        _ => {}
    }
    text.push_str("from mcp.types import ToolAnnotations\n");
    if has_fields {
        text.push_str("from pydantic import Field\n");
    }
    text.push('\n');
    let modules: Vec<_> = ["client", "details", "listing", "operations", "values"]
        .into_iter()
        .filter(|name| uses(&format!("{name}.")))
        .collect();
    text.push_str(&format!("from .. import {}\n", modules.join(", ")));
    if shared.confirmed {
        text.push_str("from ..actions import Confirmed, confirmed\n");
    }
    if shared.paged {
        text.push_str("from ..listing import At, Paged, View\n");
    }
    let base = if shared.paged || shared.confirmed {
        ""
    } else {
        "Arguments, "
    };
    text.push_str(&format!("from ..tool import {base}State, Tool\n"));
    text.push_str(&body);
    text
}

fn body(classes: &[Class<'_>], proposal: &Proposal, arguments: &Arguments<'_>) -> String {
    let shared = shared(proposal);
    let mut text = String::new();
    for argument in &arguments.list {
        if let Kind::Choice(values) = &argument.input.kind
            && values.len() > 1
        {
            let lines = values
                .iter()
                .map(|value| format!("    {},\n", string(value)))
                .collect::<Vec<_>>()
                .concat();
            text.push_str(&format!("\n{} = Literal[\n{lines}]\n", alias(argument)));
        }
    }
    if let Task::Find { list, .. } = &proposal.task
        && let Some(class) = class(classes, *list)
        && let Some(list) = &class.operation.list
    {
        text.push_str(&view(class, list, proposal));
    }
    let base = match (shared.paged, shared.confirmed) {
        (true, _) => "Paged",
        (_, true) => "Confirmed",
        _ => "Arguments",
    };
    text.push_str(&format!(
        "\n\nclass {}({base}):\n    \"\"\"Arguments of `{}`.\"\"\"\n",
        arguments_class(proposal),
        proposal.tool
    ));
    if !arguments.list.is_empty() || shared.start {
        text.push('\n');
    }
    for argument in &arguments.list {
        text.push_str(&field(argument));
    }
    if shared.start {
        text.push_str(&format!(
            "    start: Annotated[\n        Annotated[int, Field(ge=0, le={START})],\n        \
             values.whole(\"start\", 0, {START}),\n        Field(\n{}        ),\n    ] = 0\n",
            text_argument("description", START_TEXT, 12)
        ));
    }
    text.push_str(&run(classes, proposal, arguments));
    text.push_str(&registration(classes, proposal));
    text
}

fn alias(argument: &Argument<'_>) -> String {
    let words: Vec<_> = argument.name.split('_').map(capital).collect();
    format!("_{}", words.concat())
}

fn view(class: &Class<'_>, list: &List, proposal: &Proposal) -> String {
    let paging = &list.paging;
    let nouns = super::super::group::many(
        &proposal
            .noun
            .split(' ')
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    );
    let mut lines = vec![format!("noun={}", string(&nouns.join(" ")))];
    if !list.items.is_empty() {
        lines.push(format!("items={}", strings(&list.items, 4)));
    }
    if !list.fields.is_empty() {
        lines.push(format!("fields={}", strings(&list.fields, 4)));
    }
    let style = match paging.style {
        Style::None => None,
        Style::Cursor => Some("cursor"),
        Style::Offset => Some("offset"),
        Style::Page => Some("page"),
    };
    if let Some(style) = style {
        lines.push(format!("style={}", string(style)));
    }
    if paging.first != 0 {
        lines.push(format!("first={}", paging.first));
    }
    if paging.most != 0 {
        lines.push(format!("most={}", paging.most));
    }
    if !paging.following.is_empty() {
        lines.push(format!("following={}", strings(&paging.following, 4)));
    }
    if !paging.last.is_empty() {
        lines.push(format!("last={}", string(&paging.last)));
    }
    if paging.style == Style::Cursor
        && let Some(input) = paging
            .position
            .and_then(|at| class.operation.inputs.get(at))
    {
        lines.push(format!("parameter={}", string(&input.wire)));
    }
    format!("\n_VIEW = {}\n", call("View", &lines, 0))
}

fn field(argument: &Argument<'_>) -> String {
    let name = string(&argument.name);
    let in_address = argument.input.place == Place::Path || argument.input.place == Place::Header;
    let (kind, check) = match &argument.input.kind {
        Kind::Text { most, .. } if in_address => (
            format!("Annotated[str, Field(min_length=1, max_length={most})]"),
            Some(format!("values.line({name}, {most})")),
        ),
        Kind::Text { least: 0, most } => (
            format!("Annotated[str, Field(max_length={most})]"),
            Some(format!("values.text({name}, {most})")),
        ),
        Kind::Text { most, .. } => (
            format!("Annotated[str, Field(min_length=1, max_length={most})]"),
            Some(format!("values.text({name}, {most}, empty=False)")),
        ),
        Kind::Choice(values) => match values.as_slice() {
            [only] => (format!("Literal[{}]", string(only)), None),
            _ => (alias(argument), None),
        },
        Kind::Whole { least, most } => (
            format!("Annotated[int, Field(ge={least}, le={most})]"),
            Some(format!("values.whole({name}, {least}, {most})")),
        ),
        Kind::Decimal { least, most } => (
            format!("Annotated[float, Field(ge={least:?}, le={most:?})]"),
            Some(format!("values.decimal({name}, {least:?}, {most:?})")),
        ),
        Kind::Flag => ("bool".to_owned(), Some(format!("values.flag({name})"))),
        Kind::Array => (
            format!("Annotated[str, Field(max_length={JSON})]"),
            Some(format!("values.json_text({name}, list)")),
        ),
        Kind::Object => (
            format!("Annotated[str, Field(max_length={JSON})]"),
            Some(format!("values.json_text({name}, dict)")),
        ),
    };
    let (none, default) = if argument.required {
        ("", "")
    } else {
        (" | None", " = None")
    };
    let check = check
        .map(|check| format!("        {check},\n"))
        .unwrap_or_default();
    format!(
        "    {}: Annotated[\n        {kind}{none},\n{check}        Field(\n{}        ),\n    ]{default}\n",
        argument.name,
        text_argument("description", &argument.text, 12)
    )
}

/// A call of the API: `client.send(...)`.
fn send(
    class: &Class<'_>,
    arguments: &Arguments<'_>,
    main: bool,
    own: Option<&str>,
    indent: usize,
) -> String {
    let paging = class.operation.list.as_ref().map(|list| &list.paging);
    let mut given = Vec::new();
    for (at, field) in class.fields.iter().enumerate() {
        let fetches = main && own.is_none();
        let paged = paging.filter(|_| fetches || !main);
        if let Some(paging) = paged {
            if fetches && paging.position == Some(at) {
                let part = if paging.style == Style::Cursor {
                    "text"
                } else {
                    "number"
                };
                given.push(format!("{field}=at.{part}"));
                continue;
            }
            if paging.size == Some(at) {
                let size = if fetches {
                    "at.count".to_owned()
                } else {
                    paging.most.min(20).to_string()
                };
                given.push(format!("{field}={size}"));
                continue;
            }
        }
        if let Some(argument) = arguments.for_input(class.operation, at, main) {
            let value = match (
                own,
                argument.input.kind == Kind::Array || argument.input.kind == Kind::Object,
            ) {
                (Some(own), _) if arguments.id.as_deref() == Some(argument.name.as_str()) => {
                    own.to_owned()
                }
                (_, true) => format!("values.parsed(arguments.{})", argument.name),
                _ => format!("arguments.{}", argument.name),
            };
            given.push(format!("{field}={value}"));
        }
    }
    let operation = call(&format!("operations.{}", class.name), &given, indent + 4);
    call(
        "client.send",
        &["state.settings".to_owned(), operation],
        indent,
    )
}

fn run(classes: &[Class<'_>], proposal: &Proposal, arguments: &Arguments<'_>) -> String {
    let mut text = format!(
        "\n\nasync def run(state: State, arguments: {}) -> str:\n    \"\"\"Answer a call.\"\"\"\n",
        arguments_class(proposal)
    );
    match &proposal.task {
        Task::Find { list, item, subs } => {
            let Some(main) = class(classes, *list) else {
                return text;
            };
            if let Some(id) = &arguments.id {
                text.push_str(&format!(
                    "    if arguments.{id} is not None:\n        return await _read(state, arguments, arguments.{id})\n"
                ));
            }
            let sent = send(main, arguments, true, None, 8);
            let at = if sent.contains("=at.") { "at" } else { "_" };
            text.push_str(&format!(
                "\n    async def fetch({at}: At) -> object:\n        return await {sent}\n\n    \
                 return await listing.show(state, TOOL.name, arguments, fetch, _VIEW)\n"
            ));
            if let (Some(item), Some(id)) = (item, &arguments.id) {
                let kind = arguments
                    .list
                    .iter()
                    .find(|argument| argument.name == *id)
                    .map_or("str", |argument| annotation(&argument.input.kind));
                let kind = match arguments.list.iter().find(|argument| argument.name == *id) {
                    Some(argument) if matches!(&argument.input.kind, Kind::Choice(values) if values.len() > 1) => {
                        alias(argument)
                    }
                    _ => kind.to_owned(),
                };
                text.push_str(&format!(
                    "\n\nasync def _read(\n    state: State,\n    arguments: {},\n    {id}: {kind},\n) -> str:\n",
                    arguments_class(proposal)
                ));
                text.push_str(&read(classes, proposal, arguments, *item, subs, Some(id)));
            }
        }
        Task::Read { item, subs } => {
            text.push_str(&read(classes, proposal, arguments, *item, subs, None));
        }
        Task::Act {
            operation,
            present,
            confirm,
            ..
        } => {
            let Some(acting) = class(classes, *operation) else {
                return text;
            };
            if *confirm {
                let known = present.and_then(|present| class(classes, present));
                if let Some(known) = known {
                    text.push_str(&format!(
                        "    present = await {}\n",
                        send(known, arguments, false, None, 4)
                    ));
                }
                let present = if known.is_some() { "present" } else { "None" };
                text.push_str(&format!(
                    "\n    async def act() -> object:\n        return await {}\n\n    \
                     return await confirmed(state, TOOL.name, arguments, {present}, act)\n",
                    send(acting, arguments, true, None, 8)
                ));
            } else {
                text.push_str(&format!(
                    "    reply = await {}\n    return details.done(\"Done: {}.\", reply)\n",
                    send(acting, arguments, true, None, 4),
                    proposal.tool
                ));
            }
        }
    }
    text
}

fn annotation(kind: &Kind) -> &'static str {
    match kind {
        Kind::Whole { .. } => "int",
        _ => "str",
    }
}

/// The lines that read an object and what hangs on it.
fn read(
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
    item: usize,
    subs: &[usize],
    own: Option<&str>,
) -> String {
    let mut text = String::from("    parts: dict[str, object] = {}\n");
    let places: Vec<usize> = [item].into_iter().chain(subs.iter().copied()).collect();
    let labels = labels(classes, &proposal.noun, &places);
    for (at, (place, label)) in places.iter().zip(&labels).enumerate() {
        let Some(class) = class(classes, *place) else {
            continue;
        };
        let main = at == 0;
        // in a tool that also lists, nothing but the address is the object's
        let main = main && own.is_none();
        let own = own.or(Some("")).filter(|own| !own.is_empty());
        text.push_str(&format!(
            "    parts[{}] = await {}\n",
            string(label),
            send(class, arguments, main, own, 4)
        ));
    }
    text.push_str(&format!(
        "    return details.show({}, parts, arguments.start)\n",
        string(&proposal.noun)
    ));
    text
}

fn registration(classes: &[Class<'_>], proposal: &Proposal) -> String {
    let hints = hints(classes, proposal)
        .iter()
        .map(|(name, _, value)| {
            format!(
                "        {name}={},\n",
                if *value { "True" } else { "False" }
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "\n\nTOOL = Tool(\n    name={},\n    title={},\n{}    annotations=ToolAnnotations(\n{hints}    ),\n    \
         arguments={},\n    run=run,\n)\n",
        string(&proposal.tool),
        string(&proposal.title),
        text_argument("description", &proposal.description, 4),
        arguments_class(proposal)
    )
}
