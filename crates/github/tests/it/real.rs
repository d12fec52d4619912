//! Code mode with a real python3: the generated module runs, reads well, and saves what it promises.

use serde_json::{Value, json};

use seaworthy_kit::{Product, answer::tokens, model::ResourceContents};

use crate::{
    double::Python,
    stage::{Stage, cursor_of},
};

const QUIET_ISSUES: &str = include_str!("../../code/quiet_issues.py");

fn stage() -> Stage {
    Stage::sample().with_sandbox(Python::sandbox())
}

async fn run(code: &str) -> Result<String, String> {
    stage().call("run_python", json!({"code": code})).await
}

#[tokio::test]
async fn the_quiet_ones_of_240_issues_cost_a_tenth() {
    let call = json!({"code": QUIET_ISSUES});
    let answer = stage().call("run_python", call.clone()).await.unwrap();
    assert!(
        answer.contains("| 80 of 240 open issues have had no answer for 30 days:"),
        "{answer}"
    );
    assert!(answer.contains(", 3 tool calls"), "{answer}");
    let cost = |arguments: &Value, answer: &str| tokens(&arguments.to_string()) + tokens(answer);
    let code = cost(&call, &answer);

    // the cheapest way without code: the largest pages
    let lines = Stage::sample();
    let (mut paging, mut calls) = (0, 0);
    let mut arguments = json!({"repo": "tidewatch/harbor", "kind": "issue", "page_size": 50});
    loop {
        let answer = lines.call("find_items", arguments.clone()).await.unwrap();
        paging += cost(&arguments, &answer);
        calls += 1;
        if !answer.contains("MORE AVAILABLE") {
            break;
        }
        arguments["cursor"] = cursor_of(&answer).into();
    }
    println!("code mode: {code} tokens, 1 call; paging: {paging} tokens, {calls} calls");
    assert!(code < 500, "{code} tokens");
    assert!(paging > 10 * code, "{paging} tokens, {code} with code");
}

#[tokio::test]
async fn help_reads_well() {
    let whole = run("import tools\nhelp(tools)").await.unwrap();
    assert!(
        whole.contains("\nstdout:\n"),
        "it fits what a run shows: {whole}"
    );
    let one = run("import tools\nhelp(tools.search_code)").await.unwrap();
    for (help, wanted) in [
        (&whole, "find_items(assignee=, author=,"),
        (&whole, "Searches code of default branches"),
        (&whole, "tools.all(tools.find_items, key=value)"),
        (&whole, "updated_at"),
        (&one, "search_code(*, query: str, cursor: str = None"),
        (
            &one,
            "kind: 'code' | 'repositories' | 'commits'; default code",
        ),
        (&one, "Returns {cursor: str | None"),
    ] {
        assert!(help.contains(wanted), "{wanted}: {help}");
    }
}

#[tokio::test]
async fn a_failure_is_an_exception_with_the_same_hint() {
    let code = "import tools\ntry:\n    tools.read_issue(repo='tidewatch/harbor', number=99999)\n\
        except tools.ToolError as error:\n    print(error.kind, '-', error.hint)";
    let answer = run(code).await.unwrap();
    assert!(
        answer.contains("| not_found - check the number; find_items lists"),
        "{answer}"
    );
    let uncaught = run("import tools\ntools.find_items(repo='no')")
        .await
        .unwrap_err();
    assert!(
        uncaught.contains("ToolError: invalid argument repo: must be owner/name"),
        "{uncaught}"
    );
    let unknown = run("import tools\ntools.write_issue").await.unwrap_err();
    assert!(
        unknown.contains("has no attribute 'write_issue'"),
        "{unknown}"
    );
}

#[tokio::test]
async fn a_page_can_be_asked_for_and_followed() {
    let code = "import tools\n\
        pages = tools.pages(tools.find_items, repo='tidewatch/harbor', kind='issue', page_size=70)\n\
        print([len(page['items']) for page in pages])\n\
        print(tools.read_code(repo='tidewatch/harbor', path='Cargo.toml')['text'].splitlines()[0])\n\
        print(all([True, False]))";
    let answer = run(code).await.unwrap();
    assert!(
        answer.contains("| [70, 70, 70, 30]\n| [package]\n| False"),
        "{answer}"
    );
}

#[tokio::test]
async fn the_stubs_are_python_and_name_what_there_is() {
    let github = Stage::sample().github;
    let read = github.read_resource("sandbox://tools.pyi").await.unwrap();
    let ResourceContents::TextResourceContents { text, .. } = read else {
        panic!("a text")
    };
    let code = format!(
        "import tools\nstubs = {{}}\nexec(compile({text:?}, 'tools.pyi', 'exec'), stubs)\n\
         import inspect\n\
         names = [name for name in vars(tools) if inspect.isfunction(getattr(tools, name)) and name[0] != '_']\n\
         assert len(names) == 11, names\n\
         for name in set(names) - {{'all', 'pages'}}:\n\
         \x20   ours, theirs = inspect.signature(getattr(tools, name)), inspect.signature(stubs[name])\n\
         \x20   assert list(ours.parameters) == list(theirs.parameters), name\n\
         items = tools.find_items(repo='tidewatch/harbor')\n\
         assert set(items) == set(stubs['ItemPage'].__annotations__), items.keys()\n\
         assert set(items['items'][0]) == set(stubs['Item'].__annotations__)\n\
         print('same')"
    );
    assert!(run(&code).await.unwrap().ends_with("| same"));
}

#[tokio::test]
async fn the_module_needs_no_newer_python_than_3_9() {
    let code = "import ast, inspect, tools\n\
        source = tools.__spec__.loader.source\n\
        ast.parse(source, feature_version=(3, 9))\n\
        assert not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(ast.parse(source)))\n\
        print('fine')";
    assert!(run(code).await.unwrap().ends_with("| fine"));
}
