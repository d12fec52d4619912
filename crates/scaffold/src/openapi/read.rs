//! Reading a document: JSON of `OpenAPI` 3.0 or 3.1, bounded, with references within it followed.

use serde_json::Value;

use super::ApiError;

/// The longest document, in bytes.
pub const LONGEST: usize = 8 * 1024 * 1024;
/// How many references may lead to one another.
const CHAIN: usize = 32;

/// A document, read.
#[derive(Debug)]
pub(super) struct Document {
    /// The whole of it.
    pub(super) root: Value,
}

/// A part of a document, and where it stands there.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    /// The part.
    pub(super) value: &'a Value,
    /// Its place, as a JSON pointer.
    pub(super) at: String,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// It is none, or none of a version that is known.
    pub(super) fn read(text: &str) -> Result<Self, ApiError> {
        if text.len() > LONGEST {
            return Err(ApiError::new(
                "",
                format!(
                    "it has {} KiB; {} are the most",
                    text.len() / 1024,
                    LONGEST / 1024
                ),
                "leave out the paths that no tool is made from",
            ));
        }
        let text = text.trim_start_matches('\u{feff}');
        let root: Value = serde_json::from_str(text).map_err(|error| {
            if text.trim_start().starts_with(['{', '[']) {
                ApiError::new("", format!("it is no JSON: {error}"), "correct it there")
            } else {
                ApiError::new(
                    "",
                    "it is no JSON, but perhaps YAML".to_owned(),
                    "convert it first, such as with: yq -o json openapi.yaml > openapi.json",
                )
            }
        })?;
        if root.get("swagger").is_some() {
            return Err(ApiError::new(
                "/swagger",
                "it is of Swagger 2, which is not read".to_owned(),
                "convert it to OpenAPI 3 first, such as with: npx swagger2openapi swagger.json -o openapi.json",
            ));
        }
        let version = root["openapi"].as_str().unwrap_or_default();
        if !(version.starts_with("3.0.") || version.starts_with("3.1.")) {
            return Err(ApiError::new(
                "/openapi",
                "it does not say that it is of OpenAPI 3.0 or 3.1".to_owned(),
                "give a document with \"openapi\": \"3.1.0\" or the like",
            ));
        }
        Ok(Self { root })
    }

    /// The part itself, or the one that its reference leads to.
    ///
    /// # Errors
    /// The reference leads out of the document, nowhere, or in a circle.
    pub(super) fn follow<'a>(&'a self, part: Part<'a>) -> Result<Part<'a>, ApiError> {
        let mut part = part;
        for _ in 0..CHAIN {
            let Some(reference) = part.value.get("$ref").and_then(Value::as_str) else {
                return Ok(part);
            };
            let Some(pointer) = reference.strip_prefix('#') else {
                return Err(ApiError::new(
                    &part.at,
                    "its $ref leads to another document".to_owned(),
                    "bundle the documents into one first, such as with: npx @redocly/cli bundle",
                ));
            };
            let pointer = unescaped(pointer);
            let Some(value) = self.root.pointer(&pointer) else {
                return Err(ApiError::new(
                    &part.at,
                    "its $ref leads nowhere".to_owned(),
                    "correct the reference",
                ));
            };
            part = Part { value, at: pointer };
        }
        Err(ApiError::new(
            &part.at,
            "its $ref leads in a circle".to_owned(),
            "correct the reference",
        ))
    }
}

impl<'a> Part<'a> {
    /// A field of the part; null where there is none.
    pub(super) fn field(&self, name: &str) -> Self {
        Self {
            value: self.value.get(name).unwrap_or(&Value::Null),
            at: format!("{}/{}", self.at, name.replace('~', "~0").replace('/', "~1")),
        }
    }

    /// The elements of the part, where it is an array.
    pub(super) fn elements(&self) -> impl Iterator<Item = Part<'a>> {
        let at = self.at.clone();
        let elements = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        elements.iter().enumerate().map(move |(place, value)| Part {
            value,
            at: format!("{at}/{place}"),
        })
    }

    /// A text among the fields.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.value.get(name).and_then(Value::as_str)
    }
}

/// A pointer of a fragment: percent-encoding taken off.
fn unescaped(pointer: &str) -> String {
    let mut bytes = Vec::with_capacity(pointer.len());
    let mut rest = pointer.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
