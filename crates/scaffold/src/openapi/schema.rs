//! Schemas of a document: what an argument may be, and an example of what fits.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    ApiError,
    read::{Document, Part},
};

/// How deep schemas are followed into one another.
const DEPTH: usize = 6;
/// How many parts of an `allOf`, and properties of an object, are looked at.
const PARTS: usize = 200;
/// The longest text that an argument takes where the document does not say, in characters.
const TEXT: u64 = 2_000;
/// The longest that any argument takes, as the project's own validation has it.
const LONGEST_TEXT: u64 = 100_000;
/// Whole numbers that JSON carries unharmed everywhere.
const SAFE: i64 = 9_007_199_254_740_991;

/// What an argument may be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A text.
    Text {
        /// The fewest characters: 0 or 1.
        least: u64,
        /// The most characters.
        most: u64,
    },
    /// One of these texts, which are printable and short.
    Choice(Vec<String>),
    /// A whole number.
    Whole {
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// A number.
    Decimal {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
    },
    /// A boolean.
    Flag,
    /// A JSON array, given as text.
    Array,
    /// A JSON object, given as text.
    Object,
}

/// A schema with its reference followed, its `allOf` merged and its null taken off.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema<'a> {
    fields: BTreeMap<&'a str, Part<'a>>,
    /// The properties of an object, of all parts.
    pub(super) properties: BTreeMap<&'a str, Part<'a>>,
    /// The names that must be there.
    pub(super) required: Vec<&'a str>,
}

impl<'a> Schema<'a> {
    /// Reads a schema.
    ///
    /// # Errors
    /// A reference cannot be followed.
    pub(super) fn of(document: &'a Document, part: Part<'a>) -> Result<Self, ApiError> {
        let mut schema = Self::default();
        let mut budget = PARTS;
        schema.merge(document, part, DEPTH, &mut budget)?;
        Ok(schema)
    }

    fn merge(
        &mut self,
        document: &'a Document,
        part: Part<'a>,
        depth: usize,
        budget: &mut usize,
    ) -> Result<(), ApiError> {
        if depth == 0 || *budget == 0 {
            return Ok(());
        }
        *budget -= 1;
        let part = document.follow(part)?;
        // a schema that is one of another and null is the other
        for key in ["anyOf", "oneOf"] {
            let one_of = part.field(key);
            let mut real = one_of
                .elements()
                .filter(|element| element.text("type") != Some("null"));
            if let (Some(only), None) = (real.next(), real.next()) {
                self.merge(document, only, depth - 1, budget)?;
            }
        }
        for element in part.field("allOf").elements() {
            self.merge(document, element, depth - 1, budget)?;
        }
        let Some(object) = part.value.as_object() else {
            return Ok(());
        };
        for name in object.keys().take(PARTS) {
            self.fields.insert(name, part.field(name));
        }
        let properties = part.field("properties");
        for name in properties.value.as_object().into_iter().flat_map(Map::keys) {
            if self.properties.len() < PARTS {
                self.properties.insert(name, properties.field(name));
            }
        }
        for name in part.field("required").elements() {
            if let Some(name) = name.value.as_str()
                && !self.required.contains(&name)
                && self.required.len() < PARTS
            {
                self.required.push(name);
            }
        }
        Ok(())
    }

    fn value(&self, name: &str) -> &'a Value {
        self.fields
            .get(name)
            .map_or(&Value::Null, |part| part.value)
    }

    /// A text of the schema.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.value(name).as_str()
    }

    /// Whether only the API sets it.
    pub(super) fn is_read_only(&self) -> bool {
        self.value("readOnly") == true
    }

    /// The type, where it is one besides null.
    pub(super) fn kind_name(&self) -> Option<&'a str> {
        let named = match self.value("type") {
            Value::String(name) => Some(name.as_str()),
            Value::Array(names) => {
                let mut real = names
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|name| *name != "null");
                match (real.next(), real.next()) {
                    (only, None) => only,
                    _ => None,
                }
            }
            _ => None,
        };
        named.or_else(|| (!self.properties.is_empty()).then_some("object"))
    }

    /// The elements' schema, of an array.
    pub(super) fn items(&self) -> Option<Part<'a>> {
        self.fields.get("items").cloned()
    }

    /// What an argument of this schema may be.
    pub(super) fn kind(&self) -> Kind {
        match self.kind_name() {
            Some("integer") => {
                let (least, most) = self.bounds();
                let whole = |bound: Option<f64>, otherwise: i64| match bound {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "within what JSON carries unharmed"
                    )]
                    Some(bound) if bound.abs() < 9e15 => bound as i64,
                    _ => otherwise,
                };
                let (least, most) = (whole(least, -SAFE), whole(most, SAFE));
                // bounds that contradict each other bound nothing
                if least <= most {
                    Kind::Whole { least, most }
                } else {
                    Kind::Whole {
                        least: -SAFE,
                        most: SAFE,
                    }
                }
            }
            Some("number") => match self.bounds() {
                (Some(least), Some(most)) if least <= most => Kind::Decimal { least, most },
                (least, most) => {
                    let (least, most) = (least.unwrap_or(-1e15), most.unwrap_or(1e15));
                    if least <= most {
                        Kind::Decimal { least, most }
                    } else {
                        Kind::Decimal {
                            least: -1e15,
                            most: 1e15,
                        }
                    }
                }
            },
            Some("boolean") => Kind::Flag,
            Some("array") => Kind::Array,
            Some("object") => Kind::Object,
            _ => self.text_kind(),
        }
    }

    fn text_kind(&self) -> Kind {
        let values = match self.value("const") {
            Value::String(only) => Some(vec![only.clone()]),
            _ => self.value("enum").as_array().map(|values| {
                values
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            }),
        };
        let is_plain = |value: &String| {
            (1..=60).contains(&value.len())
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b" -_.:/+".contains(&byte))
        };
        if let Some(mut values) = values
            && (1..=40).contains(&values.len())
            && values.iter().all(is_plain)
        {
            values.dedup();
            return Kind::Choice(values);
        }
        let most = match self.value("maxLength").as_u64() {
            Some(most @ 1..) => most.min(LONGEST_TEXT),
            _ => TEXT,
        };
        let least = u64::from(self.value("minLength").as_u64().unwrap_or(0) > 0);
        Kind::Text { least, most }
    }

    fn bounds(&self) -> (Option<f64>, Option<f64>) {
        // 3.0 says with booleans what 3.1 says with numbers; a bound that is excluded is taken all the
        // same, as the API judges in the end
        let bound = |name: &str, exclusive: &str| {
            self.value(name)
                .as_f64()
                .or_else(|| self.value(exclusive).as_f64())
                .filter(|bound| bound.is_finite())
        };
        (
            bound("minimum", "exclusiveMinimum"),
            bound("maximum", "exclusiveMaximum"),
        )
    }
}

/// An example of what an argument may be, as the API takes it.
pub(super) fn example(kind: &Kind) -> Value {
    match kind {
        Kind::Text { most, .. } if *most < 4 => json!("x"),
        Kind::Text { .. } => json!("text"),
        Kind::Choice(values) => json!(values.first()),
        Kind::Whole { least, most } => json!(7.clamp(*least, *most)),
        Kind::Decimal { least, most } => json!(1.5_f64.clamp(*least, *most)),
        Kind::Flag => json!(true),
        Kind::Array => json!(["text"]),
        Kind::Object => json!({"name": "text"}),
    }
}
