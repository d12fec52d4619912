//! `import_issue`: keeps an issue of GitHub as a note.

use std::sync::Arc;

use futures_util::FutureExt;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::{
    api,
    input::{CONTENT_LENGTH, NoteName, Repository},
    kit::{
        ErrorKind, Hints, Run, Tool, ToolError,
        input::{self, Count},
        schema,
        tool::TIMEOUT,
        untrusted::{clean, head, one_line},
    },
    server::State,
    store::Added,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Repository as owner/name, such as `octocat/hello-world`.
    repository: Repository,
    /// Number of the issue, such as 42.
    number: Count<1, 1_000_000_000>,
    /// Name for the note; left out, it is made of repository and number.
    #[serde(default)]
    name: Option<NoteName>,
}

pub(super) static TOOL: Tool<State> = Tool {
    name: "import_issue",
    title: "Import issue",
    description: "Imports one issue of GitHub: fetches issue `number` of `repository` over the \
        network with the operator's key, and writes title, state, author and text to this server's \
        database as a new note. Returns one line with the note's name and length; a name that is \
        taken is refused. Changes nothing on GitHub. Not for searching issues, nor for comments.",
    hints: Hints {
        read_only: false,
        destructive: false,
        idempotent: false,
        open_world: true,
    },
    timeout: TIMEOUT,
    input: schema::input::<Arguments>,
    run: Run::Async(|state, arguments| run(state, arguments).boxed()),
};

async fn run(state: Arc<State>, arguments: JsonObject) -> Result<String, ToolError> {
    let Arguments {
        repository,
        number,
        name,
    } = input::parse(arguments)?;
    let (repository, number) = (&*repository, number.get());
    let name = match &name {
        Some(name) => name.to_string(),
        None => format!("{} issue {number}", repository.replace('/', " ")),
    };
    let issue = api::read_issue(&state.settings, repository, number, api::TIMEOUT).await?;
    let text = format!(
        "# {}\n\n{repository}#{number}, {}, by {}\n\n{}",
        one_line(&issue.title, 300),
        one_line(&issue.state, 20),
        one_line(&issue.author, 60),
        clean(&issue.body).text
    );
    let content = head(&text, CONTENT_LENGTH).to_owned();
    let (length, kept) = (text.chars().count(), content.chars().count());
    let key = name.clone();
    let adding = spawn_blocking(move || state.store.add(&key, &content, false));
    let added = adding
        .await
        .map_err(|_| ToolError::internal("the note could not be kept"))??;
    if added == Added::Taken {
        return Err(ToolError::new(
            ErrorKind::Conflict,
            format!("there is a note '{name}' already"),
            "nothing was written, so that it is not lost",
            "choose another name",
        ));
    }
    let cut = match length - kept {
        0 => String::new(),
        further => format!("; {further} further characters were left out"),
    };
    Ok(format!(
        "Imported {repository}#{number} as note '{name}' ({kept} characters{cut}). Read it \
             with read_note."
    ))
}
