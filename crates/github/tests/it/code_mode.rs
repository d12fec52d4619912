//! What code in the sandbox can call, what it gets, and what is recorded of it.

use std::sync::{Arc, Mutex};

use seaworthy_github::{Selection, tools::TOOLS};
use seaworthy_kit::{Product, model::ResourceContents};
use seaworthy_sandbox::{Refusal, session::Cause};
use serde_json::{Map, Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::{
    double::{Double, ended},
    stage::{Session, Stage, cursor_of, issue},
};

type Answer = Result<Value, Refusal>;

/// Makes these calls from within one run; `next` may add a call to what was answered.
async fn by_code(
    stage: Stage,
    first: (&str, Value),
    next: impl Fn(&Answer) -> Option<(String, Value)> + Send + Sync + 'static,
) -> (Stage, Vec<Answer>) {
    let answers = Arc::new(Mutex::new(Vec::new()));
    let (kept, first, next) = (
        answers.clone(),
        (first.0.to_owned(), first.1),
        Arc::new(next),
    );
    let sandbox = Double::sandbox(move |_, _, io| {
        let (kept, next, mut call) = (kept.clone(), next.clone(), Some(first.clone()));
        Box::pin(async move {
            io.started();
            while let Some((tool, arguments)) = call {
                let answer = io.call(tool, arguments).await;
                let answer = answer.map(|text| serde_json::from_str(&text).unwrap());
                call = next(&answer);
                kept.lock().unwrap().push(answer);
            }
            ended(Cause::Exit, Some(0))
        })
    });
    let stage = stage.with_sandbox(sandbox);
    stage
        .call("run_python", json!({"code": "..."}))
        .await
        .unwrap();
    let answers = std::mem::take(&mut *answers.lock().unwrap());
    (stage, answers)
}

async fn once(stage: Stage, tool: &str, arguments: Value) -> (Stage, Answer) {
    let (stage, mut answers) = by_code(stage, (tool, arguments), |_| None).await;
    (stage, answers.remove(0))
}

/// All pages of a list.
async fn pages(stage: Stage, tool: &str, arguments: Value) -> Vec<Value> {
    let (tool, base) = (tool.to_owned(), arguments.clone());
    let asked = tool.clone();
    let (_, answers) = by_code(stage, (&tool, arguments), move |answer| {
        let cursor = answer.as_ref().ok()?["cursor"].as_str()?;
        let mut arguments = base.clone();
        arguments["cursor"] = cursor.into();
        Some((asked.clone(), arguments))
    })
    .await;
    answers.into_iter().map(Result::unwrap).collect()
}

/// Fails unless `value` is what `schema` says, all of it: a field that a schema does not name is
/// one that the stubs do not tell.
fn conforms(at: &str, value: &Value, schema: &Value, definitions: &Value) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return conforms(at, value, &definitions[name], definitions);
    }
    if !schema["const"].is_null() {
        assert_eq!(value, &schema["const"], "{at}");
        return;
    }
    if let Some(alternatives) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let null = alternatives.iter().any(|one| one["type"] == "null");
        if null && value.is_null() {
            return;
        }
        let real = alternatives.iter().filter(|one| one["type"] != "null");
        let fits = real.filter(|one| {
            let (one, value, definitions) = ((*one).clone(), value.clone(), definitions.clone());
            std::panic::catch_unwind(move || conforms("", &value, &one, &definitions)).is_ok()
        });
        assert!(fits.count() > 0, "{at}: {value} is none of {schema}");
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = &schema["type"];
    let allowed = kinds == kind
        || kinds
            .as_array()
            .is_some_and(|k| k.iter().any(|k| k == kind));
    assert!(allowed, "{at}: {value} is no {schema}");
    if let Some(values) = schema["enum"].as_array() {
        assert!(
            values.contains(value),
            "{at}: {value} is none of {values:?}"
        );
    }
    if let Value::Array(items) = value {
        for item in items {
            conforms(&format!("{at}[]"), item, &schema["items"], definitions);
        }
    }
    if let Value::Object(fields) = value {
        if schema["additionalProperties"].is_object() {
            for value in fields.values() {
                conforms(
                    &format!("{at}{{}}"),
                    value,
                    &schema["additionalProperties"],
                    definitions,
                );
            }
            return;
        }
        let named = schema["properties"].as_object().unwrap();
        let names = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(fields), names(named), "{at}");
        for (name, value) in fields {
            conforms(&format!("{at}.{name}"), value, &named[name], definitions);
        }
    }
}

const HARBOR: &str = "tidewatch/harbor";

#[tokio::test]
async fn every_tool_gives_data_of_its_schema() {
    let repo = HARBOR;
    let calls = [
        ("diagnose_ci", json!({"repo": repo})),
        ("diagnose_ci", json!({"repo": repo, "number": 309})),
        (
            "diagnose_ci",
            json!({"repo": repo, "number": 309, "grep": "error"}),
        ),
        ("find_items", json!({"repo": repo, "page_size": 100})),
        ("find_items", json!({"query": "tide", "repo": repo})),
        ("get_context", json!({"repo": repo})),
        ("history", json!({"repo": repo})),
        ("history", json!({"repo": repo, "base": "v0.8.0"})),
        ("read_code", json!({"repo": repo})),
        ("read_code", json!({"repo": repo, "recursive": true})),
        ("read_code", json!({"repo": repo, "path": "README.md"})),
        ("read_issue", json!({"repo": repo, "number": 297})),
        ("read_pull_request", json!({"repo": repo, "number": 309})),
        (
            "read_pull_request",
            json!({"repo": repo, "number": 309, "part": "files"}),
        ),
        (
            "read_pull_request",
            json!({"repo": repo, "number": 309, "part": "diff"}),
        ),
        (
            "read_pull_request",
            json!({"repo": repo, "number": 309, "part": "comments"}),
        ),
        (
            "read_pull_request",
            json!({"repo": repo, "number": 309, "part": "checks"}),
        ),
        ("repo_overview", json!({"repo": repo})),
        ("search_code", json!({"repo": repo, "query": "tide"})),
        (
            "search_code",
            json!({"query": "harbor", "kind": "repositories"}),
        ),
        (
            "search_code",
            json!({"repo": repo, "query": "tide", "kind": "commits"}),
        ),
    ];
    for (name, arguments) in &calls {
        let (_, answer) = once(Stage::sample(), name, arguments.clone()).await;
        let data = answer.unwrap_or_else(|error| panic!("{name} {arguments}: {error}"));
        let tool = TOOLS.iter().find(|tool| tool.name == *name).unwrap();
        let schema = Value::Object(tool.output.unwrap()());
        conforms(name, &data, &schema, &schema["$defs"]);
        let list = data.get("items").and_then(Value::as_array);
        let empty = list.is_some_and(Vec::is_empty) && data.get("text") == Some(&Value::Null);
        assert!(!empty, "{name} {arguments}: {data}");
    }
    let callable = TOOLS.iter().filter(|tool| tool.output.is_some());
    for tool in callable {
        assert!(
            calls.iter().any(|(name, _)| *name == tool.name),
            "{}",
            tool.name
        );
    }
}

#[tokio::test]
async fn data_pages_to_the_same_end_as_lines() {
    let list = json!({"repo": HARBOR, "kind": "issue", "page_size": 100});
    let pages = pages(Stage::sample(), "find_items", list.clone()).await;
    let items = |page: &Value| page["items"].as_array().unwrap().clone();
    let data: Vec<u64> = pages
        .iter()
        .flat_map(items)
        .map(|item| item["number"].as_u64().unwrap())
        .collect();
    assert_eq!((pages.len(), data.len()), (3, 240));
    let (stage, mut lines, mut arguments) = (Stage::sample(), Vec::new(), list);
    loop {
        let answer = stage.call("find_items", arguments.clone()).await.unwrap();
        let numbers = answer.lines().filter_map(|line| line.strip_prefix('#'));
        lines.extend(numbers.map(|line| line.split(' ').next().unwrap().parse::<u64>().unwrap()));
        if !answer.contains("MORE AVAILABLE") {
            break;
        }
        arguments["cursor"] = cursor_of(&answer).into();
    }
    assert_eq!(data, lines);
}

#[tokio::test]
async fn a_long_text_comes_whole_and_a_huge_one_in_pages() {
    let pages = pages(
        Stage::sample(),
        "read_code",
        json!({"repo": HARBOR, "path": "README.md"}),
    )
    .await;
    let text: String = pages
        .iter()
        .map(|page| page["text"].as_str().unwrap())
        .collect();
    assert_eq!(text.len() as u64, pages[0]["size"].as_u64().unwrap());

    let (api, stage) = Stage::scripted().await;
    let mut large = issue(1, "large");
    large["body"] = "潮".repeat(300_000).into();
    let mut comment = json!({"id": 1, "user": {"login": "ada"}, "body": "\u{1}".repeat(60_000)});
    let comments: Vec<_> = (0..20)
        .map(|id| {
            comment["id"] = id.into();
            comment.clone()
        })
        .collect();
    serve(&api, "/repos/o/r/issues/1", large).await;
    serve(&api, "/repos/o/r/issues/1/comments", comments.into()).await;
    serve(&api, "/repos/o/r/issues/1/timeline", json!([])).await;
    let pages = self::pages(stage, "read_issue", json!({"repo": "o/r", "number": 1})).await;
    assert!(pages.len() > 5, "{}", pages.len());
    for page in &pages {
        assert!(
            page.to_string().len() < 1024 * 1024,
            "the bridge takes 1 MiB"
        );
    }
    let ids: Vec<_> = pages
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|comment| comment["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids, (0..20).collect::<Vec<_>>());
}

async fn serve(api: &MockServer, path: &str, body: Value) {
    Mock::given(method("GET"))
        .and(wiremock::matchers::path(path))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(api)
        .await;
}

#[tokio::test]
async fn what_writes_and_what_is_not_there_is_refused() {
    for tool in TOOLS.iter().filter(|tool| tool.output.is_none()) {
        let (stage, answer) = once(Stage::sample(), tool.name, json!({"repo": HARBOR})).await;
        let refusal = answer.unwrap_err();
        assert_eq!(refusal.kind, "forbidden", "{}", tool.name);
        let log = stage.audit();
        assert_eq!(log.len(), 1, "nothing was called: {log:?}");
        assert_eq!(log[0]["tool"], tool.name);
        assert_eq!(log[0]["outcome"], "failed: forbidden");
    }
    let (stage, answer) = once(Stage::sample(), "os.system\n", json!({})).await;
    assert_eq!(answer.unwrap_err().kind, "not_found");
    assert_eq!(stage.audit()[0]["tool"], "unknown");
}

#[tokio::test]
async fn a_refused_call_has_the_words_of_the_tool() {
    let arguments = json!({"repo": "o/none", "number": 1});
    let said = Stage::sample()
        .call("read_issue", arguments.clone())
        .await
        .unwrap_err();
    let (_, answer) = once(Stage::sample(), "read_issue", arguments).await;
    let refusal = answer.unwrap_err();
    assert_eq!(refusal.kind, "not_found");
    assert!(
        said.ends_with(&format!("\nNEXT: {}", refusal.hint)),
        "{said}\n{refusal:?}"
    );
    let (_, answer) = once(Stage::sample(), "find_items", json!({"repo": "no"})).await;
    let refusal = answer.unwrap_err();
    assert_eq!(refusal.kind, "invalid_input");
    assert!(refusal.message.contains("owner/name"), "{refusal:?}");
}

#[tokio::test]
async fn every_call_is_recorded_without_its_arguments() {
    let first = json!({"repo": HARBOR, "query": "secretword"});
    let (stage, answers) = by_code(Stage::sample(), ("find_items", first), |answer| {
        let next = json!({"repo": "o/none", "number": 1});
        answer.is_ok().then(|| ("read_issue".to_owned(), next))
    })
    .await;
    let log = stage.audit();
    assert_eq!(log.len(), 2, "{log:?}");
    let size = answers[0].as_ref().unwrap().to_string().len();
    assert_eq!(log[0]["bytes"], size);
    for (index, (tool, outcome)) in [("find_items", "ok"), ("read_issue", "failed: not_found")]
        .into_iter()
        .enumerate()
    {
        assert_eq!(log[index]["phase"], "code");
        assert_eq!(log[index]["run"], log[0]["run"]);
        assert_eq!(log[index]["sequence"], index + 1);
        assert_eq!(
            (&log[index]["tool"], &log[index]["outcome"]),
            (&tool.into(), &outcome.into())
        );
        assert!(
            log[index]["principal"]
                .as_str()
                .unwrap()
                .starts_with("github:")
        );
        assert!(
            log[index]["arguments"]
                .as_str()
                .unwrap()
                .starts_with("sha256:")
        );
        assert!(log[index]["ms"].is_u64());
    }
    assert!(!format!("{log:?}").contains("secretword"));
}

#[tokio::test]
async fn a_cursor_of_lines_is_none_of_data() {
    let list = json!({"repo": HARBOR, "page_size": 5});
    let answer = Stage::sample()
        .call("find_items", list.clone())
        .await
        .unwrap();
    let mut next = list;
    next["cursor"] = cursor_of(&answer).into();
    let (_, answer) = once(Stage::sample(), "find_items", next).await;
    assert_eq!(answer.unwrap_err().kind, "invalid_input");
}

/// The module `tools` that a run gets.
async fn module(stage: Stage) -> Option<String> {
    let module = Arc::new(Mutex::new(None));
    let kept = module.clone();
    let sandbox = Double::sandbox(move |_, _, io| {
        let kept = kept.clone();
        Box::pin(async move {
            io.started();
            *kept.lock().unwrap() = io.tools_module().map(str::to_owned);
            ended(Cause::Exit, Some(0))
        })
    });
    let stage = stage.with_sandbox(sandbox);
    stage
        .call("run_python", json!({"code": "..."}))
        .await
        .unwrap();
    module.lock().unwrap().take()
}

fn offering(only: &[&str]) -> Stage {
    let selection = Selection {
        only: only.iter().map(|&name| name.to_owned()).collect(),
        ..Selection::default()
    };
    Stage::sample_with(&selection)
}

#[tokio::test]
async fn the_module_is_as_recorded() {
    let module = module(Stage::sample()).await.unwrap();
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "definitions" }, {
        insta::assert_snapshot!("tools.py", module);
    });
}

#[tokio::test]
async fn code_gets_only_what_the_server_offers() {
    let module = async |only: &[&str]| module(offering(only)).await;
    let some = module(&["run_python", "find_items", "write_issue"])
        .await
        .unwrap();
    assert!(
        some.contains("def find_items(") && !some.contains("def read_issue("),
        "{some}"
    );
    assert!(!some.contains("write_issue"));
    assert_eq!(module(&["run_python", "write_issue"]).await, None);
}

#[tokio::test]
async fn the_stubs_are_a_resource_as_recorded() {
    let github = Stage::sample().github;
    let listed = github.resources();
    assert!(listed.iter().any(|one| one.uri == "sandbox://tools.pyi"));
    let read = github.read_resource("sandbox://tools.pyi").await.unwrap();
    let ResourceContents::TextResourceContents { text, .. } = read else {
        panic!("a text")
    };
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "definitions" }, {
        insta::assert_snapshot!("tools.pyi", text);
    });
}

#[tokio::test]
async fn every_list_is_the_same_whatever_the_size_of_its_pages() {
    for (tool, arguments, small) in [
        ("find_items", json!({"query": "tide", "state": "all"}), 5),
        ("history", json!({}), 5),
        ("history", json!({"base": "v0.7.0", "head": "v0.8.1"}), 5),
        ("read_issue", json!({"number": 297}), 2),
        (
            "read_pull_request",
            json!({"number": 288, "part": "files"}),
            5,
        ),
        (
            "read_pull_request",
            json!({"number": 288, "part": "diff"}),
            5,
        ),
        (
            "read_pull_request",
            json!({"number": 312, "part": "comments"}),
            2,
        ),
        (
            "read_pull_request",
            json!({"number": 309, "part": "checks"}),
            5,
        ),
        ("search_code", json!({"query": "tide"}), 5),
    ] {
        let list = async |size: u64| {
            let mut arguments = arguments.clone();
            arguments["repo"] = HARBOR.into();
            arguments["page_size"] = size.into();
            let pages = pages(Stage::sample(), tool, arguments).await;
            let both = |name: &'static str| {
                let lists = pages
                    .iter()
                    .filter_map(move |page| page.get(name)?.as_array());
                lists.flatten().cloned().collect::<Vec<_>>()
            };
            (pages.len(), both("items"), both("files"))
        };
        let ((few, items, files), (many, again, files_again)) =
            (list(100).await, list(small).await);
        assert!(items.len() > 2, "{tool} {arguments}: {}", items.len());
        assert!(
            many > few,
            "{tool} {arguments}: {many} pages, {few} large ones"
        );
        assert_eq!(items, again, "{tool} {arguments}");
        assert_eq!(files, files_again, "{tool} {arguments}");
    }
}

#[tokio::test]
async fn a_call_through_the_protocol_is_recorded_under_the_token_s_user() {
    let sandbox = Double::sandbox(|_, _, io| {
        Box::pin(async {
            io.started();
            let answer = io.call("get_context".to_owned(), json!({})).await.unwrap();
            io.stdout(answer.as_bytes());
            ended(Cause::Exit, Some(0))
        })
    });
    let stage = Stage::sample().with_sandbox(sandbox);
    let log = stage.audit_path();
    let mut session = Session::on(stage).await;
    let answer = session.call("run_python", &json!({"code": "..."})).await;
    assert!(answer.contains("1 tool call"), "{answer}");
    let entry: Value = serde_json::from_str(&std::fs::read_to_string(log).unwrap()).unwrap();
    let login = answer.split("\"login\":\"").nth(1).unwrap();
    let login = login.split('"').next().unwrap();
    assert_eq!(entry["principal"], format!("github:{login}"), "{entry}");
    assert_eq!(entry["client"], "t");
}

#[test]
fn the_instructions_tell_of_code_where_it_can_run() {
    let tells = |stage: Stage| stage.github.instructions().contains("run_python");
    let with = |stage: Stage| {
        let sandbox = Double::sandbox(|_, _, _| Box::pin(async { ended(Cause::Exit, Some(0)) }));
        stage.with_sandbox(sandbox)
    };
    assert!(!tells(Stage::sample()));
    assert!(tells(with(Stage::sample())));
    assert!(!tells(with(offering(&["find_items"]))));
    assert!(!tells(with(offering(&["run_python"]))));
}
