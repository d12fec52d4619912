//! Actions that cannot be undone: previewed first, then done with the preview's token.

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::{
    kit::{
        Answer, ToolError,
        confirm::{Act, TOKEN_SECONDS},
        input::Opaque,
    },
    listing::entry,
    server::State,
    values::written,
};

/// An action: the tool, what it is called with, and the object as it is now, where that is known.
#[derive(Clone, Debug)]
pub struct Action {
    tool: &'static str,
    call: String,
    present: Value,
}

/// The arguments that a preview and its confirmation have in common.
pub fn call(arguments: &JsonObject) -> String {
    written(arguments, &["confirm", "confirm_token"])
}

impl Action {
    /// An action of a tool with what [`call`] gives, on an object; null where none is known.
    pub fn new(tool: &'static str, call: String, present: Value) -> Self {
        Self {
            tool,
            call,
            present,
        }
    }

    /// The preview, which is to be answered; or none where its token was given back.
    ///
    /// # Errors
    /// Why the token does not allow the action.
    pub fn preview(
        &self,
        state: &State,
        confirm: bool,
        token: Option<&Opaque>,
    ) -> Result<Option<String>, ToolError> {
        let seen = self.present.to_string();
        let act = Act {
            tool: self.tool,
            arguments: &self.call,
            state: &seen,
        };
        if confirm {
            let token = token.map(|token| &**token);
            return state.confirmations.redeem(token, act).map(|()| None);
        }
        let token = state.confirmations.issue(act)?;
        let tool = self.tool;
        let mut answer = Answer::new();
        answer.line(&format!(
            "PREVIEW - no action taken. Would call the API's {tool} with these arguments, which \
             cannot be undone:"
        ));
        let _ = answer.entry(&self.call);
        if !self.present.is_null() {
            answer.line("The object is now:");
            let _ = answer.entry(&entry(&self.present, &[]));
        }
        answer.line(&format!(
            "To do it: show this to the user, then call {tool} again with the same arguments, \
             confirm=true and confirm_token={token} (once, within {} minutes, and only while the \
             object is unchanged).",
            TOKEN_SECONDS / 60
        ));
        Ok(Some(answer.finish()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{kit::ErrorKind, server::tests::state};

    fn drop(present: Value) -> Action {
        let arguments = json!({"id": 7, "confirm": true, "note": null});
        Action::new("drop", call(arguments.as_object().unwrap()), present)
    }

    fn token(preview: &str) -> Opaque {
        let (_, rest) = preview.split_once("confirm_token=").unwrap();
        let token = rest.split_whitespace().next().unwrap();
        Opaque::try_from(token.to_owned()).unwrap()
    }

    #[test]
    fn a_preview_comes_first_and_its_token_works_once() {
        let state = state();
        let drop = drop(json!({"id": 7, "name": "n"}));
        let preview = drop.preview(&state, false, None).unwrap().unwrap();
        assert!(preview.starts_with("PREVIEW - no action taken."));
        assert!(preview.contains("\n| {\"id\":7}\n"), "{preview}");
        assert!(preview.contains("\n| id: 7, name: n\n"), "{preview}");
        let token = token(&preview);
        let done = drop.preview(&state, true, Some(&token));
        assert_eq!(done.unwrap(), None);
        let error = drop.preview(&state, true, Some(&token)).unwrap_err();
        assert!(error.what.contains("used before"), "{error}");
    }

    #[test]
    fn a_changed_object_is_not_acted_on() {
        let state = state();
        let preview = drop(json!({"v": 1})).preview(&state, false, None);
        let token = token(&preview.unwrap().unwrap());
        let changed = drop(json!({"v": 2}));
        let error = changed.preview(&state, true, Some(&token)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        let other = Action::new("other", String::new(), json!({"v": 1}));
        let error = other.preview(&state, true, Some(&token)).unwrap_err();
        assert!(error.what.contains("other arguments"), "{error}");
        let error = changed.preview(&state, true, None).unwrap_err();
        assert!(error.cause.contains("no confirm_token"), "{error}");
    }
}
