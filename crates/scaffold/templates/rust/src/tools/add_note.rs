//! `add_note`: keeps a note.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    input::{Content, NoteName},
    kit::{ErrorKind, Hints, Run, Tool, ToolError, input, schema, tool::TIMEOUT},
    server::State,
    store::Added,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Name of the note, such as `shopping list`.
    name: NoteName,
    /// Text to keep; Markdown, lines allowed.
    content: Content,
    /// true overwrites the note that has this name already.
    #[serde(default)]
    replace: bool,
}

pub(super) static TOOL: Tool<State> = Tool {
    name: "add_note",
    title: "Add note",
    description: "Adds a note: writes `name` and `content` to this server's database. A name that \
        is taken is refused, unless `replace` is true: then the former text is overwritten and \
        cannot be brought back. Returns one line with the name, the length, and what was replaced. \
        Not for reading or changing parts of a note: use read_note, then add the whole text.",
    hints: Hints {
        read_only: false,
        destructive: true,
        idempotent: false,
        open_world: false,
    },
    timeout: TIMEOUT,
    input: schema::input::<Arguments>,
    run: Run::Blocking(run),
};

fn run(state: &State, arguments: JsonObject) -> Result<String, ToolError> {
    let Arguments {
        name,
        content,
        replace,
    } = input::parse(arguments)?;
    let name = &*name;
    let kept = format!("{} characters", content.chars().count());
    match state.store.add(name, &content, replace)? {
        Added::New => Ok(format!("Added note '{name}' ({kept}).")),
        Added::Replaced(old) => Ok(format!(
            "Replaced note '{name}' ({kept}); its former text ({} characters, of {}) is gone.",
            old.length(),
            old.updated
        )),
        Added::Taken => Err(ToolError::new(
            ErrorKind::Conflict,
            format!("there is a note '{name}' already"),
            "nothing was written, so that it is not lost",
            "choose another name, or call add_note with replace=true to overwrite it",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use crate::server::tests::{call, state};

    #[tokio::test]
    async fn a_taken_name_is_refused_unless_it_is_to_be_replaced() {
        let state = Arc::new(state());
        let note = json!({"name": "a", "content": "äöü"});
        let added = call(&state, "add_note", note.clone()).await.unwrap();
        assert_eq!(added, "Added note 'a' (3 characters).");
        let error = call(&state, "add_note", note).await.unwrap_err();
        assert!(error.text().contains("replace=true"), "{error}");
        let note = json!({"name": " a ", "content": "new", "replace": true});
        let replaced = call(&state, "add_note", note).await.unwrap();
        assert!(
            replaced.contains("its former text (3 characters, of 2"),
            "{replaced}"
        );
        assert_eq!(state.store.read("a").unwrap().content, "new");
    }
}
