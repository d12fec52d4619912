//! Answers made for code: data in place of lines.
//!
//! A tool with an `output` schema answers with data where [`Call::wants_data`]. Data are no
//! instructions and reach no model unless code prints them, so other people's texts are neither
//! fenced nor cleaned here; what a run prints is. They are bounded, because the way to the code is.

use std::io;

use rmcp::model::JsonObject;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Call, ErrorKind, Product, Reply, Tool, ToolError, audit::Origin, guard::Guard, untrusted,
};

/// What the list of one answer, or its long text, has room for, in bytes of JSON. The bridge passes
/// on 1 MiB; the rest is for what stands beside the list.
pub const BYTES: usize = 512 * 1024;

struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The size of a value as JSON, in bytes.
pub fn bytes(value: &impl Serialize) -> usize {
    let mut counter = Counter(0);
    // what cannot be written has no size; the answer fails by itself then
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}

/// How many of `items`, at most `max`, have room in one answer; the first always has, so that a
/// list makes progress.
pub fn fitting<T: Serialize>(items: &[T], max: usize) -> usize {
    let mut room = BYTES;
    let fits = |item: &&T| match room.checked_sub(bytes(item)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let max = max.min(items.len());
    items[..max].iter().take_while(fits).count().max(max.min(1))
}

/// The text from character `start`, at most `max` characters.
pub fn excerpt(text: &str, start: usize, max: usize) -> &str {
    let from = untrusted::head(text, start).len();
    untrusted::head(&text[from..], max)
}

/// Answers a call that code made: under the same guard, validation and limits as any other call,
/// recorded in the audit log.
///
/// # Errors
/// The tool may change something or gives no data, its own error, or the log cannot be written.
pub async fn answer<P: Product>(
    product: &P,
    guard: &Guard,
    tool: &'static Tool<P>,
    call: Call,
    origin: &Origin,
) -> Result<Value, ToolError> {
    let cancel = call.cancelled();
    let recorded = call.caller();
    let record = recorded.call_for_data(tool.name, call.arguments.clone(), call.principal.clone());
    let running = async {
        if !tool.hints.read_only || tool.output.is_none() {
            return Err(not_for_code(tool.name));
        }
        let meter = call.meter.clone();
        meter.bridged();
        let running = meter.measure((tool.run)(product, call));
        let reply = guard.run(tool.name, false, tool.timeout, &cancel, running);
        match reply.await? {
            Reply::Data(data) => Ok(data),
            _ => Err(ToolError::internal(format!("{} gave no data", tool.name))),
        }
    };
    record.audited_for_code(origin, running).await
}

/// What code hears that calls a tool which may change something.
pub fn not_for_code(tool: &str) -> ToolError {
    ToolError::new(
        ErrorKind::Forbidden,
        format!("{tool} is not for code, which can only read"),
        "print what you found, and call it as a tool of its own after this run",
    )
}

/// The schema of a tool's data, if code may call it.
pub fn output<P>(tool: &Tool<P>) -> Option<JsonObject> {
    let output = tool.output.filter(|_| tool.hints.read_only)?;
    Some(output())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_large_items_makes_progress_and_stays_in_its_bounds() {
        let large = "x".repeat(BYTES);
        assert_eq!(fitting(&[&large, &large], 100), 1);
        let items = vec!["y".repeat(BYTES / 10); 30];
        assert_eq!(fitting(&items, 100), 9);
        assert_eq!(fitting(&items, 5), 5);
        assert_eq!(fitting::<u8>(&[], 5), 0);
        assert_eq!(bytes(&items), serde_json::to_string(&items).unwrap().len());
    }

    #[test]
    fn an_excerpt_is_counted_in_characters() {
        assert_eq!(excerpt("a潮b潮", 1, 2), "潮b");
        assert_eq!(excerpt("a潮", 9, 2), "");
        assert_eq!(excerpt("a潮", 0, usize::MAX), "a潮");
    }
}
