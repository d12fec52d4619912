//! `delete_note`: deletes a note, after a preview.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    input::NoteName,
    kit::{
        Answer, Hints, Run, Tool, ToolError,
        confirm::{Act, TOKEN_SECONDS, changed},
        input::{self, Opaque},
        schema,
        tool::TIMEOUT,
        untrusted::one_line,
    },
    server::State,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Name of the note, as `find_notes` shows it.
    name: NoteName,
    /// false previews; true deletes, with the token.
    #[serde(default)]
    confirm: bool,
    /// Token of the preview, needed when `confirm` is true.
    #[serde(default)]
    confirm_token: Option<Opaque>,
}

pub(super) static TOOL: Tool<State> = Tool {
    name: "delete_note",
    title: "Delete note",
    description: "DESTRUCTIVE: deletes the note `name` from this server's database, which cannot \
        be undone. With `confirm` false it only previews, and returns what would be deleted and a \
        token; with `confirm` true and that `confirm_token` it deletes the one note and returns a \
        line that says so. Not for changing a note: use add_note with replace=true.",
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
        confirm,
        confirm_token,
    } = input::parse(arguments)?;
    let note = state.store.read(&name)?;
    let (name, length) = (&note.name, note.length());
    let act = Act {
        tool: TOOL.name,
        arguments: name,
        state: &note.state(),
    };
    if confirm {
        state.confirmations.redeem(confirm_token.as_deref(), act)?;
        // only the previewed revision: another process may have written since it was read
        if !state.store.delete(&note)? {
            return Err(changed());
        }
        return Ok(format!("Deleted note '{name}' ({length} characters)."));
    }
    let token = state.confirmations.issue(act)?;
    let mut answer = Answer::new();
    answer.line(&format!(
        "PREVIEW - no action taken. Would delete note '{name}' ({length} characters, changed {}), \
         which cannot be undone. It begins:",
        note.updated
    ));
    answer.quote(&one_line(&note.content, 200), 0);
    answer.line(&format!(
        "To do it: show this to the user, then call delete_note again with the same name, \
         confirm=true and confirm_token={token} (once, within {} minutes, and only while the note \
         is unchanged).",
        TOKEN_SECONDS / 60
    ));
    Ok(answer.finish())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use crate::{
        kit::ErrorKind,
        server::{
            State,
            tests::{call, state},
        },
    };

    async fn token(state: &Arc<State>, name: &str) -> String {
        let preview = call(state, "delete_note", json!({"name": name})).await;
        let preview = preview.unwrap();
        assert!(
            preview.starts_with("PREVIEW - no action taken."),
            "{preview}"
        );
        let (_, rest) = preview.split_once("confirm_token=").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_note_is_deleted_after_its_preview_only() {
        let state = Arc::new(state());
        state.store.add("a", "text", false).unwrap();
        let token = token(&state, "a").await;
        assert!(state.store.read("a").is_ok(), "the preview did it");
        let unconfirmed = json!({"name": "a", "confirm": true});
        let error = call(&state, "delete_note", unconfirmed).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused);
        let confirmed = json!({"name": "a", "confirm": true, "confirm_token": token});
        let done = call(&state, "delete_note", confirmed.clone())
            .await
            .unwrap();
        assert_eq!(done, "Deleted note 'a' (4 characters).");
        // a note of that name that came since is another one
        state.store.add("a", "text", false).unwrap();
        let error = call(&state, "delete_note", confirmed).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
    }

    #[tokio::test]
    async fn a_note_that_changed_since_its_preview_stays() {
        let state = Arc::new(state());
        state.store.add("a", "text", false).unwrap();
        let token = token(&state, "a").await;
        state.store.add("a", "precious", true).unwrap();
        let confirmed = json!({"name": "a", "confirm": true, "confirm_token": token});
        let error = call(&state, "delete_note", confirmed).await.unwrap_err();
        assert!(error.what.contains("changed since the preview"), "{error}");
        assert_eq!(state.store.read("a").unwrap().content, "precious");
    }
}
