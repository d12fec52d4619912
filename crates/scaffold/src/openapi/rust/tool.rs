//! `tools/NAME.rs`: one tool a file.

use std::collections::BTreeSet;

use super::{
    super::{
        arguments::{Argument, Arguments},
        calls::{Class, class, labels},
        group::{Proposal, Task, capital, many},
        lists::{List, Style},
        model::Place,
        schema::Kind,
        surface::{
            CONFIRM_TEXT, CURSOR_TEXT, PAGE_TEXT, START_TEXT, Shared, TOKEN_TEXT, hints, shared,
        },
    },
    case,
    literal::{call, decimal, description, string, strings, text, whole},
    operations::is_optional,
};

/// Whole numbers that JSON carries unharmed everywhere, as `values::AnyWhole` has them.
const SAFE: i64 = 9_007_199_254_740_991;
const WIDTH: usize = 100;
const SEND: &str = "client::send(&state.settings, &operation).await?;\n";

/// The file's text.
pub(super) fn file(
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
) -> String {
    let shared = shared(proposal);
    let view = match &proposal.task {
        Task::Find { list, .. } => class(classes, *list)
            .and_then(|class| Some(view(class, class.operation.list.as_ref()?, proposal))),
        _ => None,
    };
    let body = [
        view.unwrap_or_default(),
        fields(arguments, &shared),
        definition(classes, proposal),
        run(classes, proposal, arguments),
    ]
    .concat();
    let calls: Vec<_> = proposal
        .calls
        .iter()
        .map(|call| format!("`{call}`"))
        .collect();
    format!(
        "//! `{}`: made of {}.\n\nuse std::sync::Arc;\n\nuse futures_util::FutureExt;\n\
         use rmcp::model::JsonObject;\nuse schemars::JsonSchema;\nuse serde::Deserialize;\n\n{}{body}{}",
        proposal.tool,
        calls.join(", "),
        imports(&shared, &body),
        case::tests(classes, proposal, arguments)
    )
}

fn imports(shared: &Shared, body: &str) -> String {
    let input = match (shared.paged, shared.confirmed) {
        (true, _) => "input::{self, Opaque, PageSize}",
        (_, true) => "input::{self, Opaque}",
        _ => "input",
    };
    let kit = if input == "input" {
        "Hints, Run, Tool, ToolError, input, schema, tool::TIMEOUT".to_owned()
    } else {
        format!(
            "\n        Hints, Run, Tool, ToolError,\n        {input},\n        schema,\n        tool::TIMEOUT,\n    "
        )
    };
    let mut text = String::from("use crate::{\n");
    if shared.confirmed {
        text.push_str("    actions::{self, Action},\n");
    }
    text.push_str(if body.contains("details::") {
        "    client, details,\n"
    } else {
        "    client,\n"
    });
    text.push_str(&format!("    kit::{{{kit}}},\n"));
    if shared.paged {
        text.push_str("    listing::{self, Page, Style, View},\n");
    }
    text.push_str("    operations,\n    server::State,\n");
    if body.contains("values::") {
        text.push_str("    values,\n");
    }
    text.push_str("};\n");
    text
}

fn view(class: &Class<'_>, list: &List, proposal: &Proposal) -> String {
    let paging = &list.paging;
    let words: Vec<_> = proposal.noun.split(' ').map(str::to_owned).collect();
    let style = match paging.style {
        Style::None => "None",
        Style::Cursor => "Cursor",
        Style::Offset => "Offset",
        Style::Page => "Page",
    };
    let parameter = paging
        .position
        .filter(|_| paging.style == Style::Cursor)
        .and_then(|at| class.operation.inputs.get(at))
        .map_or("", |input| input.wire.as_str());
    [
        "\nconst VIEW: View = View {\n".to_owned(),
        format!("    noun: {},\n", string(&many(&words).join(" "))),
        strings("items: ", &list.items, ",", 4),
        strings("fields: ", &list.fields, ",", 4),
        format!("    style: Style::{style},\n"),
        format!("    first: {},\n", whole(paging.first)),
        format!("    most: {},\n", whole(paging.most.max(0))),
        strings("following: ", &paging.following, ",", 4),
        format!("    last: {},\n", string(&paging.last)),
        format!("    parameter: {},\n}};\n", string(parameter)),
    ]
    .concat()
}

/// The arguments, before them the types that only they need.
fn fields(arguments: &Arguments<'_>, shared: &Shared) -> String {
    let mut types = String::new();
    let mut taken = BTreeSet::new();
    let mut lines = String::new();
    for (at, argument) in arguments.list.iter().enumerate() {
        let mut name: String = argument.name.split('_').map(capital).collect();
        if !taken.insert(name.clone()) {
            name.push_str(&format!("Number{at}"));
        }
        let kind = kind(argument, &name, &mut types);
        let wrapped = |kind: &str| {
            if argument.required {
                kind.to_owned()
            } else {
                format!("Option<{kind}>")
            }
        };
        let mut line = format!("    {}: {},\n", argument.name, wrapped(&kind));
        if line.len() > WIDTH + 1 {
            types.push_str(&format!("\ntype Argument{at} = {kind};\n"));
            line = format!(
                "    {}: {},\n",
                argument.name,
                wrapped(&format!("Argument{at}"))
            );
        }
        lines.push_str(&description(&argument.text));
        lines.push_str(&line);
    }
    if shared.start {
        lines.push_str(&format!(
            "    /// {START_TEXT}\n    #[serde(default = \"details::first\")]\n    start: details::Start,\n"
        ));
    }
    if shared.paged {
        lines.push_str(&format!(
            "    /// {PAGE_TEXT}\n    #[serde(default)]\n    page_size: PageSize,\n    \
             /// {CURSOR_TEXT}\n    cursor: Option<Opaque>,\n"
        ));
    }
    if shared.confirmed {
        lines.push_str(&format!(
            "    /// {CONFIRM_TEXT}\n    #[serde(default)]\n    confirm: bool,\n    \
             /// {TOKEN_TEXT}\n    confirm_token: Option<Opaque>,\n"
        ));
    }
    let lines = if lines.is_empty() {
        "{}\n".to_owned()
    } else {
        format!("{{\n{lines}}}\n")
    };
    format!(
        "{types}\n#[derive(Deserialize, JsonSchema)]\n#[serde(deny_unknown_fields)]\nstruct Arguments {lines}"
    )
}

/// The type of an argument.
fn kind(argument: &Argument<'_>, name: &str, types: &mut String) -> String {
    let in_address = argument.input.place == Place::Path || argument.input.place == Place::Header;
    match &argument.input.kind {
        Kind::Text { most, .. } if in_address => format!("values::Line<{}>", length(*most)),
        Kind::Text { least: 0, most } => format!("values::AnyText<{}>", length(*most)),
        Kind::Text { most, .. } => format!("values::Text<{}>", length(*most)),
        Kind::Choice(choices) => {
            types.push_str(&format!(
                "\n/// What `{}` can be.\nenum {name}Values {{}}\n\nimpl values::Choices for {name}Values {{\n{}}}\n",
                argument.name,
                strings("const ALL: &'static [&'static str] = ", choices, ";", 4)
            ));
            format!("values::Choice<{name}Values>")
        }
        Kind::Whole { least, most } if (*least, *most) == (-SAFE, SAFE) => {
            "values::AnyWhole".to_owned()
        }
        Kind::Whole { least, most } => {
            format!("values::Whole<{}, {}>", whole(*least), whole(*most))
        }
        Kind::Decimal { least, most } => {
            types.push_str(&format!(
                "\n/// The bounds of `{}`.\nenum {name}Bounds {{}}\n\nimpl values::Bounds for {name}Bounds {{\n    \
                 const LEAST: f64 = {};\n    const MOST: f64 = {};\n}}\n",
                argument.name,
                decimal(*least),
                decimal(*most)
            ));
            format!("values::Decimal<{name}Bounds>")
        }
        Kind::Flag => "bool".to_owned(),
        Kind::Array => "values::JsonArray".to_owned(),
        Kind::Object => "values::JsonText".to_owned(),
    }
}

fn length(most: u64) -> String {
    whole(i64::try_from(most).unwrap_or(i64::MAX))
}

fn definition(classes: &[Class<'_>], proposal: &Proposal) -> String {
    let hints = hints(classes, proposal)
        .iter()
        .map(|(name, _, value)| {
            let name = name.strip_suffix("_hint").unwrap_or(name);
            format!("        {name}: {value},\n")
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "\npub(super) static TOOL: Tool<State> = Tool {{\n    name: {},\n    title: {},\n{}    \
         hints: Hints {{\n{hints}    }},\n    timeout: TIMEOUT,\n    \
         input: schema::input::<Arguments>,\n    \
         run: Run::Async(|state, arguments| run(state, arguments).boxed()),\n}};\n",
        string(&proposal.tool),
        string(&proposal.title),
        text("description: ", &proposal.description, ",", 4),
    )
}

/// How an operation is asked for within a tool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    /// It lists, by the page that is asked for.
    Lists,
    /// It is what the tool is for: all arguments are its own.
    Main,
    /// It belongs to that: only its address is given.
    Beside,
}

/// `let operation = operations::NAME { ... };`
fn operation(
    class: &Class<'_>,
    arguments: &Arguments<'_>,
    role: Role,
    by_id: bool,
    indent: usize,
) -> String {
    let blank = " ".repeat(indent);
    if class.fields.is_empty() {
        return format!("{blank}let operation = operations::{};\n", class.name);
    }
    let mut text = format!("{blank}let operation = operations::{} {{\n", class.name);
    for (at, field) in class.fields.iter().enumerate() {
        let value = value(class, arguments, role, by_id, at);
        let flat = format!("{blank}    {field}: {value},\n");
        text.push_str(&match value
            .strip_suffix(')')
            .and_then(|value| value.split_once('('))
        {
            Some((head, inside)) => call(
                &format!("{field}: {head}"),
                &[inside.to_owned()],
                ",",
                indent + 4,
            ),
            None => flat,
        });
    }
    text.push_str(&format!("{blank}}};\n"));
    text
}

/// What a field of an operation is given.
fn value(
    class: &Class<'_>,
    arguments: &Arguments<'_>,
    role: Role,
    by_id: bool,
    at: usize,
) -> String {
    let Some(input) = class.operation.inputs.get(at) else {
        return "None".to_owned();
    };
    let optional = |value: String| {
        if is_optional(input) {
            format!("Some({value})")
        } else {
            value
        }
    };
    if let Some(list) = class.operation.list.as_ref().filter(|_| role != Role::Main) {
        let paging = &list.paging;
        if paging.size == Some(at) {
            return optional(match role {
                Role::Lists => "page.count".to_owned(),
                _ => paging.most.min(20).to_string(),
            });
        }
        if role == Role::Lists && paging.position == Some(at) {
            return match (&paging.style, is_optional(input)) {
                (Style::Cursor, true) => "page.text.clone()".to_owned(),
                (Style::Cursor, false) => "page.text.clone().unwrap_or_default()".to_owned(),
                _ => optional("page.number".to_owned()),
            };
        }
    }
    match arguments.for_input(class.operation, at, role != Role::Beside) {
        Some(argument) if input.place == Place::Path => {
            if by_id && arguments.id.as_ref() == Some(&argument.name) {
                return "values::segment(id)".to_owned();
            }
            format!("values::segment(&arguments.{})", argument.name)
        }
        Some(argument) => format!("values::given(&arguments.{})", argument.name),
        None if is_optional(input) => "None".to_owned(),
        None => "Default::default()".to_owned(),
    }
}

fn run(classes: &[Class<'_>], proposal: &Proposal, arguments: &Arguments<'_>) -> String {
    let before = match &proposal.task {
        Task::Find { .. } => "    let question = listing::question(TOOL.name, &arguments);\n",
        Task::Act { confirm: true, .. } => "    let call = actions::call(&arguments);\n",
        _ => "",
    };
    let body = match &proposal.task {
        Task::Find { list, item, subs } => {
            let mut body = String::new();
            if let (Some(item), Some(id)) = (item, &arguments.id) {
                let read = read(classes, proposal, arguments, *item, subs, true);
                body.push_str(&format!(
                    "    if let Some(id) = &arguments.{id} {{\n{read}    }}\n"
                ));
            }
            body.push_str(
                "    let cursor = arguments.cursor.as_ref();\n    \
                 let page = Page::begin(&state, question, &VIEW, arguments.page_size, cursor)?;\n",
            );
            if let Some(class) = class(classes, *list) {
                body.push_str(&operation(class, arguments, Role::Lists, false, 4));
            }
            body.push_str(&format!("    let reply = {SEND}    page.show(&reply)\n"));
            body
        }
        Task::Read { item, subs } => read(classes, proposal, arguments, *item, subs, false),
        Task::Act {
            operation: acting,
            present,
            confirm,
            ..
        } => act(classes, arguments, *acting, *present, *confirm),
    };
    let parsed = if body.contains("arguments.") {
        "arguments: Arguments"
    } else {
        "Arguments {}"
    };
    format!(
        "\nasync fn run(state: Arc<State>, arguments: JsonObject) -> Result<String, ToolError> {{\n{before}    \
         let {parsed} = input::parse(arguments)?;\n{body}}}\n"
    )
}

/// The lines that read an object and what hangs on it.
fn read(
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
    item: usize,
    subs: &[usize],
    by_id: bool,
) -> String {
    let indent = if by_id { 8 } else { 4 };
    let blank = " ".repeat(indent);
    let places: Vec<usize> = [item].into_iter().chain(subs.iter().copied()).collect();
    let labels = labels(classes, &proposal.noun, &places);
    let mut body = format!("{blank}let mut parts = details::Parts::new();\n");
    for (at, (place, label)) in places.iter().zip(&labels).enumerate() {
        let Some(class) = class(classes, *place) else {
            continue;
        };
        // in a tool that also lists, nothing but the address is the object's
        let role = if at == 0 && !by_id {
            Role::Main
        } else {
            Role::Beside
        };
        body.push_str(&operation(class, arguments, role, by_id, indent));
        body.push_str(&format!("{blank}let reply = {SEND}"));
        let given = ["&mut parts".to_owned(), string(label), "reply".to_owned()];
        body.push_str(&call("details::add", &given, ";", indent));
    }
    let given = [
        string(&proposal.noun),
        "&parts".to_owned(),
        "arguments.start".to_owned(),
    ];
    if by_id {
        body.push_str(&call("return details::show", &given, ";", indent));
    } else {
        body.push_str(&call("details::show", &given, "", indent));
    }
    body
}

fn act(
    classes: &[Class<'_>],
    arguments: &Arguments<'_>,
    acting: usize,
    present: Option<usize>,
    confirm: bool,
) -> String {
    let mut body = String::new();
    if confirm {
        match present.and_then(|present| class(classes, present)) {
            Some(known) => {
                body.push_str(&operation(known, arguments, Role::Beside, false, 4));
                body.push_str(&format!("    let present = {SEND}"));
            }
            None => body.push_str("    let present = serde_json::Value::Null;\n"),
        }
        body.push_str(
            "    let action = Action::new(TOOL.name, call, present);\n    \
             let token = arguments.confirm_token.as_ref();\n    \
             if let Some(preview) = action.preview(&state, arguments.confirm, token)? {\n        \
             return Ok(preview);\n    }\n",
        );
    }
    if let Some(class) = class(classes, acting) {
        body.push_str(&operation(class, arguments, Role::Main, false, 4));
    }
    body.push_str(&format!(
        "    let reply = {SEND}    Ok(details::done(TOOL.name, &reply))\n"
    ));
    body
}
