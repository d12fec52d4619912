use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn inputs(schema: &Value) -> Inputs {
    Inputs::of(schema, 7).unwrap()
}

/// Whatever is handed out is what it is called, by a validator of its own.
fn holds(schema: &Value) {
    let Ok(inputs) = Inputs::of(schema, 7) else {
        return;
    };
    let plain = jsonschema::options().with_retriever(Nowhere).build(schema);
    let valid = |value: &Value| plain.as_ref().is_ok_and(|plain| plain.is_valid(value));
    let mut made: Vec<Value> = inputs.random(8);
    made.extend(inputs.valid());
    made.extend(inputs.made_up());
    made.extend(
        inputs
            .boundaries()
            .into_iter()
            .map(|sample| sample.arguments),
    );
    for value in made {
        assert!(valid(&value) && value.is_object(), "{value} for {schema}");
    }
    for sample in inputs.invalid() {
        assert!(!valid(&sample.arguments), "{sample:?} for {schema}");
    }
}

#[test]
fn plain_values_are_plain() {
    let schema = json!({
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": 200},
            "id": {"type": "string", "pattern": "^n[0-9]{1,6}$"},
            "limit": {"type": ["integer", "null"], "minimum": 5, "maximum": 50},
            "when": {"type": "string", "format": "date-time"},
            "order": {"enum": ["asc", "desc"]},
            "to": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/mail"}]},
            "optional": {"type": "string"}
        },
        "required": ["text", "id", "limit", "when", "order", "to"],
        "additionalProperties": false,
        "$defs": {"mail": {"type": "string", "format": "email"}}
    });
    let made = inputs(&schema).valid().unwrap();
    assert_eq!(
        made,
        json!({"text": "a", "id": "na", "limit": 5, "when": "2025-01-31T12:00:00Z", "order": "asc", "to": null})
            .as_object()
            .map(|object| {
                let mut object = object.clone();
                object.insert("id".to_owned(), json!("n0"));
                Value::Object(object)
            })
            .unwrap()
    );
    assert_eq!(
        inputs(&schema).made_up().unwrap()["id"],
        "n9999999".get(..7).unwrap()
    );
    holds(&schema);
}

#[test]
fn examples_and_defaults_come_first_if_they_are_valid() {
    let schema = json!({"type": "object", "required": ["a", "b", "c"], "properties": {
        "a": {"type": "string", "examples": ["shown"]},
        "b": {"type": "integer", "default": 7},
        "c": {"type": "integer", "minimum": 3},
    }});
    assert_eq!(
        inputs(&schema).valid().unwrap(),
        json!({"a": "shown", "b": 7, "c": 3})
    );
    let lying = json!({"type": "object", "required": ["a"], "properties": {
        "a": {"type": "string", "examples": [5], "minLength": 3},
    }});
    assert_eq!(inputs(&lying).valid().unwrap(), json!({"a": "xxx"}));
}

#[test]
fn forbidden_values_come_by_kind() {
    let schema = json!({
        "type": "object",
        "properties": {
            "text": {"type": "string", "maxLength": 3},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50},
            "order": {"type": "string", "enum": ["asc", "desc"]},
        },
        "required": ["text"],
        "additionalProperties": false
    });
    let kinds: Vec<_> = inputs(&schema)
        .invalid()
        .into_iter()
        .map(|sample| (sample.kind, sample.argument))
        .collect();
    for wanted in [
        (Kind::Missing, "text"),
        (Kind::WrongType, "text"),
        (Kind::WrongType, "limit"),
        (Kind::BeyondBound, "text"),
        (Kind::BeyondBound, "limit"),
        (Kind::NotInEnum, "order"),
        (Kind::Unknown, "unexpected_argument"),
    ] {
        assert!(
            kinds
                .iter()
                .any(|(kind, name)| (*kind, name.as_str()) == wanted),
            "{wanted:?} in {kinds:?}"
        );
    }
    let open = json!({"type": "object", "properties": {"text": {"type": "string"}}});
    assert!(
        inputs(&open)
            .invalid()
            .iter()
            .all(|sample| sample.kind != Kind::Unknown)
    );
    holds(&schema);
}

#[test]
fn hostile_schemas_neither_hang_nor_break() {
    let mut doubling = Map::new();
    for index in 0..40 {
        let next = format!("#/$defs/d{}", index + 1);
        doubling.insert(
            format!("d{index}"),
            json!({"allOf": [{"$ref": next}, {"$ref": next}]}),
        );
    }
    doubling.insert("d40".to_owned(), json!({"type": "object"}));
    let mut deep = json!({"type": "string"});
    for _ in 0..120 {
        deep = json!({"type": "object", "properties": {"a": deep}, "required": ["a"]});
    }
    let wide: Map<String, Value> = (0..20_000)
        .map(|index| (format!("p{index}"), json!({"type": "string"})))
        .collect();
    for schema in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
        json!({"$ref": "#/$defs/d0", "$defs": doubling}),
        json!({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}),
        json!({"type": "object", "properties": {"a": {"$ref": "#"}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "minLength": 1_000_000_000}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "minItems": 1_000_000_000}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 1}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "^(a+)+$(?!b)"}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "(a{1000}){1000}"}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "["}}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "https://example.com/a.json"}}}),
        json!({"type": "object", "required": wide.keys().collect::<Vec<_>>(), "properties": wide}),
        json!({"type": "string"}),
        json!({"not": {}}),
        json!({"type": 7, "properties": [], "required": "a", "enum": {}}),
        json!({"type": "object", "minProperties": 1e300, "multipleOf": -1}),
        json!({"$dynamicRef": "#a", "$defs": {"x": {"$dynamicAnchor": "a", "$dynamicRef": "#a"}}}),
        json!(false),
        json!(true),
        json!([]),
        json!("x"),
        deep,
    ] {
        if let Ok(inputs) = Inputs::of(&schema, 1) {
            let _ = (
                inputs.valid(),
                inputs.made_up(),
                inputs.random(4),
                inputs.boundaries(),
                inputs.invalid(),
            );
        }
        let _ = valid(&schema);
    }
}

#[test]
fn patterns_are_matched() {
    for pattern in [
        "^n[0-9]{1,6}$",
        "^[A-Z]{3}-\\d{4}$",
        "^(get|set)$",
        "^[^/]+/[^/]+$",
        "^\\w+@\\w+\\.com$",
        "[0-9a-f]{40}",
        "^\\d{4}-\\d{2}-\\d{2}$",
        "^[a-z][a-z0-9-]*$",
        "^https?:\\/\\/.+",
        "^[\\d.]+$",
    ] {
        for long in [false, true] {
            let made = pattern::matching(pattern, long, 0).unwrap();
            assert!(
                regex::Regex::new(&pattern.replace("\\/", "/"))
                    .unwrap()
                    .is_match(&made),
                "{pattern}: {made}"
            );
        }
    }
    assert_eq!(pattern::matching("(?=x)y", false, 0), None);
}

#[test]
fn shrinking_finds_the_smallest_failure() {
    let big = json!({"a": {"deep": "xxxxxxxx!xxxxxxxxxxx"}, "b": [1, 2, 3], "c": "y"});
    let mut shrinker = Shrinker::new(big);
    while let Some(candidate) = shrinker.candidate() {
        shrinker.told(candidate.to_string().contains('!'));
    }
    assert_eq!(shrinker.best(), json!({"a": {"deep": "!"}}));
}

fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0..5_u64, 0..9_u64).prop_map(
            |(least, most)| json!({"type": "string", "minLength": least, "maxLength": most})
        ),
        (-9..9_i64, -9..20_i64)
            .prop_map(|(low, high)| json!({"type": "integer", "minimum": low, "maximum": high})),
        (1..7_i64)
            .prop_map(|step| json!({"type": "number", "multipleOf": step, "exclusiveMinimum": 3})),
        Just(json!({"type": "boolean"})),
        Just(json!({"type": ["string", "null"], "format": "date"})),
        Just(json!({"enum": ["a", 1, null]})),
        Just(json!({"const": {"a": 1}})),
        Just(json!({"type": "string", "pattern": "^[A-Z]{2}\\d+$"})),
        Just(json!({"$ref": "#"})),
        Just(json!({"$ref": "#/properties/p0"})),
        Just(json!(true)),
        Just(json!(false)),
    ];
    let inner = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"anyOf": all})),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"oneOf": all})),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"allOf": all})),
            (inner.clone(), 0..3_u64).prop_map(
                |(items, least)| json!({"type": "array", "items": items, "minItems": least})
            ),
            inner.clone().prop_map(|not| json!({"not": not})),
            object(inner),
        ]
    });
    object(inner)
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    (prop::collection::vec((inner, any::<bool>()), 0..4), any::<bool>()).prop_map(|(all, open)| {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (index, (schema, needed)) in all.into_iter().enumerate() {
            properties.insert(format!("p{index}"), schema);
            if needed {
                required.push(format!("p{index}"));
            }
        }
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": open})
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_is_valid_and_forbidden_is_forbidden(schema in schemas()) {
        holds(&schema);
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_may_be_a_schema(text in "\\PC{0,40}", number in any::<i64>()) {
        for keyword in ["type", "enum", "minimum", "pattern", "required", "properties", "$ref", "items", "oneOf", "minLength"] {
            for value in [json!(text), json!(number), json!([text, number]), json!({&text: number}), Value::Null] {
                let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {keyword: value}}});
                holds(&schema);
            }
        }
    }
}
