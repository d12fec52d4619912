//! Arguments by JSON Schema 2020-12: valid ones, values at the bounds, and ones that the schema forbids.
//!
//! Schemas come from the server and may be hostile: recursive without end, contradictory, huge. Making a
//! value costs a bounded number of steps ([`make`]); before a value is validated, its cost is walked
//! ([`cost`]), as a validator would not come back from some schemas. Every value that is handed out was
//! seen by the validator: what is called valid is valid, and what is called forbidden is forbidden. The
//! seed makes the values repeatable.
//!
//! To add a kind of forbidden value, add it to [`Kind`] and to `samples.rs`.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Value, json};

mod cost;
mod hostile;
mod make;
mod pattern;
mod samples;
mod shrink;
mod text;

pub(crate) use hostile::{deep, hostile};
use make::{Maker, Style};
pub(crate) use samples::UNKNOWN;
pub use samples::{Kind, Sample};
pub use shrink::{Shrinker, smaller};

/// How often a valid value is tried for, each time with other choices.
const ATTEMPTS: usize = 24;

/// A value that fits a schema: the required properties, with the plainest values. Best effort: see
/// [`Inputs`] for values that are verified.
pub fn valid(schema: &Value) -> Value {
    Inputs::of(schema, 1)
        .ok()
        .and_then(|inputs| inputs.valid())
        .or_else(|| Maker::new(schema, Style::Plain, 0, 1).make_root())
        .unwrap_or_else(|| json!({}))
}

/// A tool's input schema, compiled once: makes arguments and judges them.
pub struct Inputs {
    schema: Value,
    /// The same with references and `allOf` resolved at the top.
    flat: Value,
    /// With formats, for values that are called valid.
    strict: Validator,
    /// Without, for values that are called forbidden: formats need not be checked by a server.
    loose: Validator,
    seed: u64,
}

impl std::fmt::Debug for Inputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inputs")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl Inputs {
    /// Compiles a schema. One that is missing takes any object.
    ///
    /// # Errors
    /// Why it does not compile.
    pub fn of(schema: &Value, seed: u64) -> Result<Self, String> {
        let schema = if schema.is_null() {
            json!({"type": "object"})
        } else {
            schema.clone()
        };
        Ok(Self {
            strict: compile(&schema, true)?,
            loose: compile(&schema, false)?,
            flat: make::flat(&schema, &schema),
            schema,
            seed,
        })
    }

    /// Whether the schema takes these arguments. False too where that cannot be found out.
    pub fn accepts(&self, arguments: &Value) -> bool {
        arguments.is_object()
            && cost::is_affordable(&self.schema, arguments)
            && self.strict.is_valid(arguments)
            && self.loose.is_valid(arguments)
    }

    /// Whether the schema forbids these arguments, whatever one thinks of formats. False too where that
    /// cannot be found out.
    pub fn forbids(&self, arguments: &Value) -> bool {
        cost::is_affordable(&self.schema, arguments)
            && !self.loose.is_valid(arguments)
            && !self.strict.is_valid(arguments)
    }

    /// The plainest valid arguments: required properties alone; the schema's own examples and defaults
    /// where it has some. None where none was found.
    pub fn valid(&self) -> Option<Value> {
        self.search(Style::Plain)
    }

    /// Valid arguments that are made up: without the schema's examples and defaults, and of values that
    /// a server hardly knows. For asking after what is not there.
    pub fn made_up(&self) -> Option<Value> {
        self.search(Style::Odd)
    }

    /// Valid arguments by chance, at most so many, without repetition; the same for the same seed.
    pub fn random(&self, count: usize) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        for index in 0..count.saturating_mul(3) {
            if found.len() >= count {
                break;
            }
            let seed = self.seed.wrapping_add(index as u64 + 1);
            let made = Maker::new(&self.schema, Style::Random, index, seed).make_root();
            if let Some(value) = made.filter(|value| self.accepts(value) && !found.contains(value))
            {
                found.push(value);
            }
        }
        found
    }

    /// Arguments of which one has a value at a bound of its schema; all are valid.
    pub fn boundaries(&self) -> Vec<Sample> {
        samples::boundaries(self)
    }

    /// Arguments that the schema forbids, each for one reason.
    pub fn invalid(&self) -> Vec<Sample> {
        samples::invalid(self)
    }

    /// The schema.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// The schema of a top-level argument, with references and `allOf` resolved.
    pub fn argument(&self, name: &str) -> Value {
        make::flat(&self.schema, &self.flat["properties"][name])
    }

    /// The names of the top-level arguments, in the schema's order.
    pub fn arguments(&self) -> Vec<String> {
        self.flat["properties"]
            .as_object()
            .into_iter()
            .flat_map(|properties| properties.keys().cloned())
            .collect()
    }

    /// The names of the arguments that must be given.
    pub fn required(&self) -> Vec<String> {
        self.flat["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect()
    }

    fn search(&self, style: Style) -> Option<Value> {
        // a huge schema is not tried for long
        let attempts = 4_000 / cost::nodes(&self.schema).unwrap_or(usize::MAX).max(1);
        (0..attempts.clamp(2, ATTEMPTS)).find_map(|attempt| {
            // what the plain choices do not reach, chance may
            let style = if attempt < ATTEMPTS / 2 {
                style
            } else {
                Style::Random
            };
            let seed = self.seed.wrapping_add(attempt as u64);
            Maker::new(&self.schema, style, attempt, seed)
                .make_root()
                .filter(|value| self.accepts(value))
        })
    }
}

/// Fetches nothing: a reference into the network is a reason to refuse the schema.
struct Nowhere;

impl jsonschema::Retrieve for Nowhere {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("{uri} is not fetched").into())
    }
}

/// Compiles a schema, with or without formats; no reference is fetched.
///
/// # Errors
/// Why it does not compile.
pub fn compile(schema: &Value, formats: bool) -> Result<Validator, String> {
    if cost::nodes(schema).is_none() || !cost::is_affordable(schema, &json!({})) {
        return Err("it is too large or too deep to be judged".to_owned());
    }
    let options = || {
        jsonschema::options()
            .with_retriever(Nowhere)
            .with_pattern_options(
                PatternOptions::fancy_regex()
                    .backtrack_limit(100_000)
                    .size_limit(1 << 20),
            )
            .should_validate_formats(formats)
    };
    match options().build(schema) {
        Ok(validator) => Ok(validator),
        // a dialect that nobody knows: as MCP's default
        Err(_) => options()
            .with_draft(Draft::Draft202012)
            .build(schema)
            .map_err(|error| error.to_string().chars().take(300).collect()),
    }
}

/// Whether a value fits a compiled schema; none where finding that out would cost too much.
pub fn fits(schema: &Value, validator: &Validator, value: &Value) -> Option<bool> {
    cost::is_affordable(schema, value).then(|| validator.is_valid(value))
}

#[cfg(test)]
mod tests;
