//! One line of input as a message, or the reply that it deserves.

use rmcp::{
    RoleServer,
    model::{ErrorCode, ErrorData, RequestId},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
};
use serde_json::Value;

/// What a line turned out to be.
pub(super) enum Frame {
    /// A message for the server.
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    /// No message; this reply says why.
    Refused(Box<TxJsonRpcMessage<RoleServer>>),
    /// Nothing to answer: an empty line, or a malformed notification, response or error.
    Ignored,
}

/// Reads one line without its line break.
pub(super) fn read(line: &[u8]) -> Frame {
    let line = line
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(line)
        .trim_ascii();
    if line.is_empty() {
        return Frame::Ignored;
    }
    match serde_json::from_slice(line) {
        Ok(message) => Frame::Message(Box::new(message)),
        Err(_) => refuse(line),
    }
}

/// Says why a line is no message, under its id where it has one (JSON-RPC 2.0, section 5).
fn refuse(line: &[u8]) -> Frame {
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(_) => {
            return error(
                ErrorCode::PARSE_ERROR,
                "the line is not JSON (or is nested too deep)",
                None,
            );
        }
    };
    let Value::Object(object) = &value else {
        let what = if value.is_array() {
            "batches are not part of MCP; send one message a line"
        } else {
            "a message is a JSON object"
        };
        return error(ErrorCode::INVALID_REQUEST, what, None);
    };
    let id = object
        .get("id")
        .and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok());
    if object.get("jsonrpc") != Some(&Value::String("2.0".to_owned())) {
        return error(ErrorCode::INVALID_REQUEST, "jsonrpc must be \"2.0\"", id);
    }
    match object.get("method") {
        Some(Value::String(_)) if object.contains_key("id") => match id {
            Some(id) => error(
                ErrorCode::INVALID_PARAMS,
                "the parameters are malformed",
                Some(id),
            ),
            None => error(
                ErrorCode::INVALID_REQUEST,
                "id must be a string or an integer",
                None,
            ),
        },
        // a malformed notification has no reply, and neither has a malformed response
        Some(Value::String(_)) => Frame::Ignored,
        None if object.contains_key("result") || object.contains_key("error") => Frame::Ignored,
        _ => error(ErrorCode::INVALID_REQUEST, "method must be a string", id),
    }
}

fn error(code: ErrorCode, message: &'static str, id: Option<RequestId>) -> Frame {
    let data = ErrorData::new(code, message, None);
    Frame::Refused(Box::new(TxJsonRpcMessage::<RoleServer>::error(data, id)))
}

/// The reply to a line that was too long to read.
pub(super) fn oversize(limit: usize) -> TxJsonRpcMessage<RoleServer> {
    let message = format!("the line exceeds {limit} bytes and was dropped");
    TxJsonRpcMessage::<RoleServer>::error(ErrorData::invalid_request(message, None), None)
}
