//! Texts and values of a document as Python writes them, in the formatter's form.

use serde_json::Value;

/// The longest line, as the project's formatter has it.
const WIDTH: usize = 100;

/// A string. Whatever the text holds, nothing of it ends the string: what is not plain is an escape.
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

fn escaped(c: char) -> String {
    match c {
        '\\' => "\\\\".to_owned(),
        // as a number: the formatter would choose other quotes for the string
        '"' => "\\x22".to_owned(),
        ' '..='~' => c.to_string(),
        _ if u32::from(c) < 0x100 => format!("\\x{:02x}", u32::from(c)),
        _ if u32::from(c) < 0x1_0000 => format!("\\u{:04x}", u32::from(c)),
        _ => format!("\\U{:08x}", u32::from(c)),
    }
}

/// `NAME=STRING,` as a line of a call, over several lines where it is long.
pub(super) fn text_argument(name: &str, text: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let flat = format!("{blank}{name}={},\n", string(text));
    if flat.len() <= WIDTH + 1 {
        return flat;
    }
    let room = WIDTH - indent - 4 - 2;
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let word: String = word.chars().map(escaped).collect();
        if let Some(line) = lines.last_mut()
            && (line.is_empty() || line.len() + word.len() <= room)
        {
            line.push_str(&word);
            continue;
        }
        lines.push(word);
    }
    let lines = lines
        .iter()
        .map(|line| format!("{blank}    \"{line}\"\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("{blank}{name}=(\n{lines}{blank}),\n")
}

/// A tuple of strings, for a place where `before` characters of the line are taken.
pub(super) fn strings(texts: &[String], indent: usize) -> String {
    match texts {
        [] => "()".to_owned(),
        [only] => format!("({},)", string(only)),
        several => {
            let blank = " ".repeat(indent);
            let lines = several
                .iter()
                .map(|text| format!("{blank}    {},\n", string(text)))
                .collect::<Vec<_>>()
                .concat();
            format!("(\n{lines}{blank})")
        }
    }
}

/// A value of JSON, over several lines where it holds others.
pub(super) fn value(value: &Value, indent: usize) -> String {
    let blank = " ".repeat(indent);
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text),
        Value::Array(values) if values.is_empty() => "[]".to_owned(),
        Value::Array(values) => {
            let lines = values
                .iter()
                .map(|one| format!("{blank}    {},\n", self::value(one, indent + 4)))
                .collect::<Vec<_>>()
                .concat();
            format!("[\n{lines}{blank}]")
        }
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let lines = fields
                .iter()
                .map(|(name, one)| {
                    format!(
                        "{blank}    {}: {},\n",
                        string(name),
                        self::value(one, indent + 4)
                    )
                })
                .collect::<Vec<_>>()
                .concat();
            format!("{{\n{lines}{blank}}}")
        }
    }
}

/// A call of a function with an argument on each line, or none.
pub(super) fn call(function: &str, arguments: &[String], indent: usize) -> String {
    if arguments.is_empty() {
        return format!("{function}()");
    }
    let blank = " ".repeat(indent);
    let lines = arguments
        .iter()
        .map(|argument| format!("{blank}    {argument},\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("{function}(\n{lines}{blank})")
}
