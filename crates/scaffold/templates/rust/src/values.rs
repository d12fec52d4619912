//! Arguments that become part of a request, each of a type that cannot hold a wrong one.

use std::{borrow::Cow, marker::PhantomData};

use rmcp::model::JsonObject;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use crate::kit::input::{Problem, bounded, no_controls, no_invisibles, not_blank};

/// The longest JSON that an argument takes as text, in characters.
pub const JSON_CAP: usize = 100_000;

/// What a request takes of an argument.
pub trait Given {
    /// Its type there.
    type Value;

    /// What the request takes.
    fn given(&self) -> Self::Value;
}

/// What a request takes of an argument.
pub fn given<T: Given>(argument: &T) -> T::Value {
    argument.given()
}

/// An argument as a part of an address.
pub fn segment<T: Given<Value: ToString>>(argument: &T) -> String {
    argument.given().to_string()
}

/// The arguments as text, the same for the same ones: sorted, without nulls and without some.
pub fn written(arguments: &JsonObject, without: &[&str]) -> String {
    let mut kept: Vec<_> = arguments
        .iter()
        .filter(|(name, value)| !value.is_null() && !without.contains(&name.as_str()))
        .collect();
    kept.sort_by_key(|(name, _)| name.as_str());
    let kept: JsonObject = kept
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Value::Object(kept).to_string()
}

impl<T: Given> Given for Option<T> {
    type Value = Option<T::Value>;

    fn given(&self) -> Self::Value {
        self.as_ref().map(Given::given)
    }
}

impl Given for bool {
    type Value = Self;

    fn given(&self) -> Self {
        *self
    }
}

/// An id or a word: one visible line that can be part of an address or a header.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = MOST))]
pub struct Line<const MOST: usize>(String);

impl<const MOST: usize> TryFrom<String> for Line<MOST> {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, MOST)?;
        not_blank(&text)?;
        no_controls(&text, &[])?;
        no_invisibles(&text)?;
        Ok(Self(text))
    }
}

impl<const MOST: usize> Given for Line<MOST> {
    type Value = String;

    fn given(&self) -> String {
        self.0.clone()
    }
}

/// A text that shows something, lines allowed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = MOST))]
pub struct Text<const MOST: usize>(String);

impl<const MOST: usize> TryFrom<String> for Text<MOST> {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        not_blank(&text)?;
        AnyText::<MOST>::try_from(text).map(|text| Self(text.0))
    }
}

impl<const MOST: usize> Given for Text<MOST> {
    type Value = String;

    fn given(&self) -> String {
        self.0.clone()
    }
}

/// A text that may be empty, lines allowed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("maxLength" = MOST))]
pub struct AnyText<const MOST: usize>(String);

impl<const MOST: usize> TryFrom<String> for AnyText<MOST> {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        bounded(&text, MOST)?;
        no_controls(&text, &['\n', '\r', '\t'])?;
        Ok(Self(text))
    }
}

impl<const MOST: usize> Given for AnyText<MOST> {
    type Value = String;

    fn given(&self) -> String {
        self.0.clone()
    }
}

/// A whole number.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "i64")]
#[schemars(inline, extend("minimum" = LEAST, "maximum" = MOST))]
pub struct Whole<const LEAST: i64, const MOST: i64>(i64);

impl<const LEAST: i64, const MOST: i64> TryFrom<i64> for Whole<LEAST, MOST> {
    type Error = Problem;

    fn try_from(number: i64) -> Result<Self, Problem> {
        if (LEAST..=MOST).contains(&number) {
            return Ok(Self(number));
        }
        Err(out_of_bounds(&format!("from {LEAST} to {MOST}")))
    }
}

impl<const LEAST: i64, const MOST: i64> Given for Whole<LEAST, MOST> {
    type Value = i64;

    fn given(&self) -> i64 {
        self.0
    }
}

/// Any whole number that JSON carries unharmed everywhere.
pub type AnyWhole = Whole<-9_007_199_254_740_991, 9_007_199_254_740_991>;

fn out_of_bounds(bounds: &str) -> Problem {
    Problem::new(
        "is out of bounds",
        format!("it must be {bounds}"),
        format!("give it a value {bounds}"),
    )
}

/// The bounds of a number.
pub trait Bounds {
    /// The smallest.
    const LEAST: f64;
    /// The largest.
    const MOST: f64;
}

/// A number within its bounds.
#[derive(Clone, Copy, Debug)]
pub struct Decimal<B>(f64, PhantomData<B>);

impl<'de, B: Bounds> Deserialize<'de> for Decimal<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if (B::LEAST..=B::MOST).contains(&number) {
            return Ok(Self(number, PhantomData));
        }
        let bounds = format!("from {} to {}", B::LEAST, B::MOST);
        Err(D::Error::custom(out_of_bounds(&bounds)))
    }
}

impl<B: Bounds> JsonSchema for Decimal<B> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "minimum": B::LEAST, "maximum": B::MOST})
    }
}

impl<B> Given for Decimal<B> {
    type Value = f64;

    fn given(&self) -> f64 {
        self.0
    }
}

/// The texts that an argument can be.
pub trait Choices {
    /// All of them.
    const ALL: &'static [&'static str];
}

/// One of some texts.
#[derive(Clone, Copy, Debug)]
pub struct Choice<C>(&'static str, PhantomData<C>);

impl<'de, C: Choices> Deserialize<'de> for Choice<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match C::ALL.iter().find(|choice| **choice == text) {
            Some(choice) => Ok(Self(choice, PhantomData)),
            None => Err(D::Error::custom(Problem::new(
                "is not one of its values",
                format!("they are {}", C::ALL.join(", ")),
                "give it one of these",
            ))),
        }
    }
}

impl<C: Choices> JsonSchema for Choice<C> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Choice".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": C::ALL})
    }
}

impl<C> Given for Choice<C> {
    type Value = String;

    fn given(&self) -> String {
        self.0.to_owned()
    }
}

/// An array of JSON, given as text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("maxLength" = JSON_CAP))]
pub struct JsonArray(Value);

impl TryFrom<String> for JsonArray {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        json(&text, Value::is_array, "an array").map(Self)
    }
}

impl Given for JsonArray {
    type Value = Value;

    fn given(&self) -> Value {
        self.0.clone()
    }
}

/// An object of JSON, given as text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("maxLength" = JSON_CAP))]
pub struct JsonText(Value);

impl TryFrom<String> for JsonText {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        json(&text, Value::is_object, "an object").map(Self)
    }
}

impl Given for JsonText {
    type Value = Value;

    fn given(&self) -> Value {
        self.0.clone()
    }
}

fn json(text: &str, fits: fn(&Value) -> bool, kind: &str) -> Result<Value, Problem> {
    bounded(text, JSON_CAP)?;
    serde_json::from_str(text).ok().filter(fits).ok_or_else(|| {
        Problem::new(
            format!("is not JSON of {kind}"),
            "the API takes nothing else there",
            format!("give a string that holds {kind} of JSON"),
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kit::{input, schema};

    struct Weights;

    impl Bounds for Weights {
        const LEAST: f64 = 0.0;
        const MOST: f64 = 9.5;
    }

    struct Colours;

    impl Choices for Colours {
        const ALL: &'static [&'static str] = &["red", "blue"];
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Arguments {
        text: Option<AnyText<9>>,
        full: Option<Text<9>>,
        line: Option<Line<9>>,
        whole: Option<Whole<-1, 9>>,
        decimal: Option<Decimal<Weights>>,
        flag: Option<bool>,
        choice: Option<Choice<Colours>>,
        array: Option<JsonArray>,
        object: Option<JsonText>,
    }

    fn parsed(name: &str, value: Value) -> Result<Value, String> {
        let mut arguments = JsonObject::new();
        arguments.insert(name.to_owned(), value);
        let parsed: Arguments = input::parse(arguments).map_err(|error| error.text())?;
        Ok(json!([
            given(&parsed.text),
            given(&parsed.full),
            given(&parsed.line),
            given(&parsed.whole),
            given(&parsed.decimal),
            given(&parsed.flag),
            given(&parsed.choice),
            given(&parsed.array),
            given(&parsed.object),
        ]))
    }

    #[test]
    fn what_fits_is_taken_as_the_request_has_it() {
        for (at, name, value, taken) in [
            (0, "text", json!("a\nb"), json!("a\nb")),
            (0, "text", json!(""), json!("")),
            (1, "full", json!("a"), json!("a")),
            (2, "line", json!("a b"), json!("a b")),
            (3, "whole", json!(-1), json!(-1)),
            (4, "decimal", json!(1), json!(1.0)),
            (5, "flag", json!(false), json!(false)),
            (6, "choice", json!("red"), json!("red")),
            (7, "array", json!("[1]"), json!([1])),
            (8, "object", json!("{}"), json!({})),
            (8, "object", json!(null), json!(null)),
        ] {
            assert_eq!(parsed(name, value).unwrap()[at], taken, "{name}");
        }
        assert_eq!(segment(&Whole::<0, 9>(7)), "7");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let deep = "[".repeat(100_000);
        for (name, value) in [
            ("text", json!("a".repeat(10))),
            ("text", json!("\u{1b}")),
            ("text", json!(7)),
            ("full", json!(" ")),
            ("line", json!("a\nb")),
            ("line", json!("a\u{200b}")),
            ("line", json!("")),
            ("whole", json!(10)),
            ("whole", json!(true)),
            ("whole", json!(1.5)),
            ("decimal", json!("1")),
            ("decimal", json!(9.6)),
            ("flag", json!(1)),
            ("choice", json!("Red")),
            ("array", json!("{}")),
            ("array", json!(deep)),
            ("array", json!("nonsense")),
            ("object", json!("[]")),
            ("object", json!(7)),
        ] {
            let error = parsed(name, value).unwrap_err();
            assert!(error.starts_with(name), "{error}");
            assert!(
                !error.contains("i64") && !error.contains("f64"),
                "the caller knows no Rust: {error}"
            );
        }
    }

    #[test]
    fn schemas_say_what_fits() {
        let mut schema = Value::Object(schema::input::<Arguments>());
        for property in schema["properties"].as_object_mut().unwrap().values_mut() {
            property.as_object_mut().unwrap().remove("description");
        }
        let properties = json!({
            "text": {"type": "string", "maxLength": 9},
            "full": {"type": "string", "minLength": 1, "maxLength": 9},
            "line": {"type": "string", "minLength": 1, "maxLength": 9},
            "whole": {"type": "integer", "minimum": -1, "maximum": 9},
            "decimal": {"type": "number", "minimum": 0.0, "maximum": 9.5},
            "flag": {"type": "boolean"},
            "choice": {"type": "string", "enum": ["red", "blue"]},
            "array": {"type": "string", "maxLength": JSON_CAP},
            "object": {"type": "string", "maxLength": JSON_CAP},
        });
        assert_eq!(schema["properties"], properties);
    }

    #[test]
    fn the_same_arguments_are_written_the_same() {
        let one = json!({"b": 1, "a": "x", "cursor": "c"});
        let other = json!({"a": "x", "b": 1, "c": null});
        let of = |value: &Value| written(value.as_object().unwrap(), &["cursor"]);
        assert_eq!(of(&one), r#"{"a":"x","b":1}"#);
        assert_eq!(of(&one), of(&other));
    }
}
