//! Calls that code makes: only what changes nothing and gives data, under guard and audit.

use std::sync::{Arc, atomic::Ordering};

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use seaworthy_kit::{
    Call, Description, ErrorKind, Hints, Reply, Tool, ToolError,
    audit::{AuditLog, Origin},
    auth::Scope,
    call::Safeguards,
    data,
    guard::Guard,
    schema,
    seal::Sealer,
    spent::Spent,
    stubs::{self, Function},
    telemetry::Settings,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::tank::{DESCRIPTION, Gauge, Tank, tool};

/// How full the tank is.
#[derive(Serialize, JsonSchema)]
struct Depth {
    /// in `litres`
    level: usize,
    sign: Option<Sign>,
    by_hour: std::collections::BTreeMap<String, u64>,
    items: Vec<Entry>,
    cursor: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum Entry {
    Plain(String),
    Number(u64),
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum Sign {
    /// too little
    Low,
    High,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only parsed here")]
struct Arguments {
    /// a "quoted" word, a \ and """
    from: Option<String>,
    cursor: Option<String>,
    tank: Option<String>,
}

static DEPTH: Tool<Tank> = Tool {
    description: Description {
        purpose: "Says how \"deep\" a \\ tank is.\"\"\"",
        ..DESCRIPTION
    },
    input: schema::input::<Arguments>,
    output: Some(schema::output::<Depth>),
    ..tool("depth", |tank, call| {
        Box::pin(async move {
            call.parse::<Arguments>()?;
            assert!(call.wants_data());
            Reply::data(&Depth {
                level: tank.0.level.load(Ordering::SeqCst),
                sign: None,
                by_hour: std::collections::BTreeMap::new(),
                items: vec![Entry::Plain("a".to_owned()), Entry::Number(1)],
                cursor: None,
            })
        })
    })
};

/// Claims to give data and may change something.
static SLY: Tool<Tank> = Tool {
    hints: Hints::WRITE,
    scope: Scope::Write,
    output: Some(schema::output::<Depth>),
    ..tool("sly", |_, _| Box::pin(async { panic!("must not run") }))
};

static SILENT: Tool<Tank> = tool("silent", |_, _| Box::pin(async { panic!("must not run") }));

static PANICS: Tool<Tank> = Tool {
    output: Some(schema::output::<Depth>),
    ..tool("panics", |_, _| Box::pin(async { panic!("secret detail") }))
};

struct Bench {
    tank: Tank,
    safeguards: Arc<Safeguards>,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let safeguards = Safeguards {
            sealer: Sealer::random().unwrap(),
            spent: Spent::default(),
            audit: AuditLog::at(folder.path().join("audit.jsonl")),
            settings: Settings::default(),
        };
        Self {
            tank: Tank(Arc::new(Gauge::default())),
            safeguards: Arc::new(safeguards),
            folder,
        }
    }

    async fn call(&self, tool: &'static Tool<Tank>, arguments: Value) -> Result<Value, ToolError> {
        let run = Call::detached("run", JsonObject::new(), "", self.safeguards.clone());
        let arguments = arguments.as_object().unwrap().clone();
        let call = run.caller().call_for_data(tool.name, arguments, "mira");
        let origin = Origin {
            run: "7".to_owned(),
            sequence: 1,
        };
        data::answer(&self.tank, &Guard::default(), tool, call, &origin).await
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("audit.jsonl")).unwrap_or_default()
    }
}

#[tokio::test]
async fn what_reads_gives_data_and_a_record() {
    let bench = Bench::new();
    bench.tank.0.level.store(7, Ordering::SeqCst);
    let data = bench.call(&DEPTH, json!({})).await.unwrap();
    assert_eq!(data["level"], 7);
    let error = bench.call(&DEPTH, json!({"nope": 1})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidInput);
    let error = bench.call(&PANICS, json!({})).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Internal);
    assert!(!error.text().contains("secret"));
    let log = bench.log();
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert!(lines[0].contains(r#""principal":"mira""#), "{log}");
    assert!(lines[1].contains("failed: invalid_input"), "{log}");
    assert!(lines[2].contains("failed: internal"), "{log}");
}

#[tokio::test]
async fn what_may_change_something_or_gives_no_data_does_not_run() {
    let bench = Bench::new();
    for tool in [&SLY, &SILENT] {
        let error = bench.call(tool, json!({})).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forbidden, "{}", tool.name);
        assert!(Function::of(tool).is_none(), "{}", tool.name);
    }
    let log = bench.log();
    assert_eq!(log.matches("failed: forbidden").count(), 2, "{log}");
}

#[test]
fn the_stubs_escape_what_would_break_them() {
    let functions = [Function::of(&DEPTH).unwrap()];
    let (module, interface) = (stubs::module(&functions), stubs::interface(&functions));
    for (text, wanted) in [
        (
            &module,
            "def depth(*, cursor: str = None, from_: str = None, tank: str = None) -> dict:",
        ),
        (
            &module,
            r#"return _ask("depth", {"cursor": cursor, "from": from_, "tank": tank})"#,
        ),
        (&module, r"Says how 'deep' a \\ tank is.'''"),
        (&interface, r"Says how 'deep' a \\ tank is.'''"),
        (&interface, "    level: int  # in litres\n"),
        (
            &interface,
            "    sign: Optional[Literal[\"high\", \"low\"]]\n",
        ),
        (&interface, "    by_hour: dict[str, int]\n"),
        (&interface, "    items: list[Union[str, int]]\n"),
        (&interface, "    from_: Optional[str] = None,  # "),
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    // every docstring ends where it should
    assert_eq!(module.matches("\"\"\"").count() % 2, 0, "{module}");
}
