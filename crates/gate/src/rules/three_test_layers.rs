//! What is tested at one layer only is broken at the others.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
    time::Duration,
};

use futures::future::BoxFuture;
use regex::Regex;

use crate::{
    finding::Place,
    options::{Command, Permission},
    project::{
        Project, extension, program,
        source::{self, Function, Language},
    },
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    thresholds,
    wire::process,
};

pub(super) static RULE: Rule = Rule {
    id: "R01",
    name: "three-test-layers",
    summary: "unit, protocol and adversarial tests exist and pass",
    level: Level::Error,
    basis: Basis::Heuristic,
    reach: Reach::Reads,
    docs: Docs {
        what: "The repository (Rust, Python, JavaScript, TypeScript, Go) must have unit tests; tests that speak \
               the protocol through a client or over a pipe or socket; and adversarial tests: hostile and \
               malformed input, invalid arguments, traversal, fuzzing, a sandbox that holds. Tests are read by \
               what they do, not by the names of folders; one that asserts nothing, or is always skipped, is \
               none. They are run, and must pass, where seaworthy.toml names their command ([project] test = \
               [...]), or with --active by the manifest's own.",
        why: "A function that works can be registered under a wrong schema; a tool that answers a polite client \
              can hang on a hostile one. Each layer finds what the others cannot.",
        source: "Measured: of servers with unit tests alone, most crash or hang on a missing argument.",
        bad: "def test_protocol():\n    pass",
        good: "async def test_tools_are_listed():\n    async with stdio_client(server) as streams, \
               ClientSession(*streams) as session:\n        assert (await session.list_tools()).tools",
        fix: "Add the layer that is missing: for the protocol, start the server by an SDK's client (stdio_client, \
              StdioClientTransport, InMemoryTransport) or run `seaworthy check` in CI; against abuse, send each \
              tool missing, wrongly typed, huge and hostile arguments and assert an error that says what is wrong.",
    },
    checks: &[Check::Project(check)],
};

fn check(project: &Project) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let copy = project.clone();
        let mut outcome = match tokio::task::spawn_blocking(move || exist(&copy)).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::unverified(format!("the tests: {error}")),
        };
        if outcome.not_applicable.is_none() {
            pass(project, &mut outcome).await;
        }
        outcome
    })
}

/// Folders of other people's code.
const VENDORED: [&str; 6] = [
    ".venv",
    "node_modules",
    "site-packages",
    "third_party",
    "vendor",
    "venv",
];

fn is_test_file(file: &str, language: Language) -> bool {
    let lower = file.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let in_tests = lower.split('/').rev().skip(1).any(|folder| {
        matches!(
            folder,
            "test" | "tests" | "__tests__" | "spec" | "e2e" | "fuzz" | "fuzz_targets"
        )
    });
    in_tests
        || match language {
            Language::Go => name.ends_with("_test.go"),
            Language::Python => {
                name.starts_with("test_")
                    || name.starts_with("tests.")
                    || name.contains("_test.")
                    || name == "conftest.py"
            }
            Language::Script => {
                name.contains(".test.") || name.contains(".spec.") || name.starts_with("test.")
            }
            Language::Rust => name == "tests.rs" || name == "test.rs",
        }
}

/// A file with tests, and the part of its text in which they are.
struct TestFile {
    path: String,
    language: Language,
    /// Its text without comments.
    code: String,
    functions: Vec<Function>,
}

fn read(project: &Project) -> (Vec<TestFile>, bool) {
    let mut files = Vec::new();
    let mut any = false;
    let mut left = thresholds::TEST_BYTES;
    for path in &project.files {
        let Some(language) = Language::of(path) else {
            continue;
        };
        if path.split('/').any(|part| VENDORED.contains(&part)) {
            continue;
        }
        any = true;
        let is_test = is_test_file(path, language);
        if !is_test && language != Language::Rust {
            continue;
        }
        let Some(text) = project.text(path) else {
            continue;
        };
        // of a file of Rust the tests are what comes after this
        let from = if is_test {
            0
        } else if let Some(at) = text.find("#[cfg(test)]") {
            at
        } else {
            continue;
        };
        let Some(rest) = left.checked_sub(text.len() - from) else {
            break;
        };
        left = rest;
        let mut functions = source::functions(&text[from..], language);
        let above = u32::try_from(text[..from].matches('\n').count()).unwrap_or_default();
        for function in &mut functions {
            function.line += above;
        }
        let (code, _) = source::blanked(&text[from..], language);
        files.push(TestFile {
            path: path.clone(),
            language,
            code,
            functions,
        });
    }
    (files, any)
}

#[expect(clippy::unwrap_used, reason = "constants, and tested")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// What asserts, by language.
static ASSERTS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        regex(
            r"\b[tfb]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(?:assert|require|is|qt|c)\.\w+\(|\bpanic\(",
        ),
        regex(
            r"\bassert\b|\bself\.(?:assert|fail)\w*\(|\bpytest\.(?:raises|fail|warns)\b|\braise\b|\bassert_\w+\(|\bexpect\(",
        ),
        regex(
            r"\b\w*assert\w*!|\b(?:panic|unreachable|matches)!|\.(?:unwrap|expect|unwrap_err|expect_err)\(|should_panic|\?;|\binsta::|fuzz_target!",
        ),
        regex(
            r"\bexpect\s*[(.<]|\bassert\b[\w.]*\s*\(|\bt\.\w+\(|\bshould\b|\bthrow\b|\bmatchSnapshot|\bstrictEqual\b",
        ),
    ]
});

/// What asserts nothing, though it looks so.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x)
        \bassert \s+ (?: True | not \s+ False | 1 (?: \s* == \s* 1 )? ) \s* (?: $ | [\n;,] )
        | \bself\.assert(?: True\(\s*True | False\(\s*False | Equals?\(\s*1\s*,\s*1 | IsNone\(\s*None ) \s* \)
        | \bassert!\(\s*true\s*\) | \bassert_eq!\(\s*(?: 1\s*,\s*1 | true\s*,\s*true )\s*\)
        | \bexpect\(\s*(?: true | 1 )\s*\) \s* \. \s* (?: toBe(?:Truthy)? | toEqual | toStrictEqual | to\.\w+ ) [\w.]* (?: \(\s*(?: true | 1 )?\s*\) )?
        | \bassert(?:\.ok | \.True | \.equal | \.strictEqual )? \(\s* (?: t\s*,\s* )? true \s* (?: ,\s*true\s* )? \)
        ",
    )
});

/// A client of an SDK, or the gate.
static CLIENT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x)
        \b (?: stdio_client | ClientSession | create_connected_server_and_client_session | create_client_server_memory_streams
            | streamable_?http_client | sse_client | InMemoryTransport | NewInMemoryTransports | StdioClientTransport
            | StreamableHTTPClientTransport | SSEClientTransport | TokioChildProcess | RoleClient | ClientHandler | CommandTransport
            | NewInProcessClient | NewStdioMCPClient | serve_client | seaworthy_gate )
        | \b from \s+ (?: fastmcp | mcp(?:\.client)? ) (?: \.client )? \s+ import \s [^\n]* \bClient\b
        | modelcontextprotocol/(?: sdk/client | client | inspector | conformance ) | \bmcp-inspector\b | \bmcp\.NewClient\b
        | \bseaworthy[\x22',\s]{1,6}check\b | \bgate::check\b",
    )
});

/// A request of the protocol, written by hand.
static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"tools/(?:list|call)|["'`\\]initialize["'`\\]|server/discover|resources/(?:list|read)|prompts/(?:list|get)"#,
    )
});

/// A pipe or socket to a program, or a double of one.
static TRANSPORT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x)
        \b (?: subprocess | Popen | create_subprocess_exec | child_process | execa | spawn | spawnSync | execFile | assert_cmd
            | cargo_bin | CARGO_BIN_EXE_\w+ | TestClient | httptest | httpx | supertest | inject | reqwest | duplex | TcpStream
            | UnixStream | StringIO | PassThrough | stdin )
        | Command::new | exec\.Command | \bfetch\( | \brequests\.post\b | \bio\.Pipe\( | \burllib\b | \boneshot\(",
    )
});

/// What only somebody hostile, careless or random sends.
static HOSTILE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?xi)
        fuzz | hostile | adversar | inject | travers | malform | malicious | sandbox
        | \bhypothesis\b | proptest | quickcheck | fast-check | \barbitrary\b | garbage | attack | abuse | exploit | untrusted | \bssrf\b | \bxss\b
        | tamper | oversize | too[_\ ]large | huge | \.\./ | \.\.\\\\ | etc/passwd | rm\ -rf | <script | 169\.254\.169\.254
        | (?: invalid | bad | wrong(?:ly)? | missing | unknown ) [_\ -]? (?: arg | input | json | param | request | type | typed | path | token )
        | (?: refuse[sd]? | reject(?:s|ed)? | den(?:y|ies|ied) ) [_\ ] | prompt[_\ ]injection | denial | \bdos\b | (?:connection|socket)[_\ ](?:refused|fails)
        | null[_\ ]byte | overflow | poison",
    )
});

/// A word by which a test that has no client of its own uses one that stands beside it.
static USES_CLIENT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b(?:self\.|this\.)?\w*(?:client|session|transport|rpc)\w*\b"));

/// How tests of the protocol are called, where they have nothing else by which to be known.
static CALLED_PROTOCOL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)protocol|end[_-]?to[_-]?end|e2e|stdio|handshake|initialize|tools?[_-]list|list[_-]tools",
    )
});

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Layer {
    Unit,
    Protocol,
    Adversarial,
}

impl Layer {
    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Protocol => "protocol",
            Self::Adversarial => "adversarial",
        }
    }

    fn fix(self) -> &'static str {
        match self {
            Self::Unit => {
                "Test what each tool's function computes, without the protocol: one test a tool, with an assertion."
            }
            Self::Protocol => {
                "Start the server through a client in a test (Python: stdio_client with ClientSession; TypeScript: Client with \
                 InMemoryTransport or StdioClientTransport; Rust: rmcp's client; Go: mcp.NewInMemoryTransports), list the tools, \
                 call each, and assert the answers. Or run `seaworthy check` in CI."
            }
            Self::Adversarial => {
                "Send each tool missing, wrongly typed, huge and hostile arguments (../../etc/passwd, ; rm -rf /, \
                 http://169.254.169.254), and assert that the answer is an error and that nothing happened."
            }
        }
    }
}

fn speaks(text: &str) -> bool {
    CLIENT.is_match(text) || (REQUEST.is_match(text) && TRANSPORT.is_match(text))
}

/// The functions of all test files by name.
struct Map<'a>(HashMap<&'a str, Vec<&'a Function>>);

static CALL: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(\w+)(?:::<[^<>()]*>)?!?\s*\("));
static WORD: LazyLock<Regex> = LazyLock::new(|| regex(r"\b\w+\b"));

/// What a test calls, or, in Python, takes as a fixture.
fn called(function: &Function, language: Language) -> HashSet<&str> {
    let mut names: HashSet<_> = CALL
        .captures_iter(&function.skeleton)
        .filter_map(|call| Some(call.get(1)?.as_str()))
        .collect();
    if language == Language::Python
        && let Some((_, head)) = function.skeleton.split_once("def ")
    {
        let head = head.split_once(':').map_or(head, |(head, _)| head);
        names.extend(WORD.find_iter(head).map(|word| word.as_str()));
    }
    names.remove(function.name.as_str());
    names
}

impl<'a> Map<'a> {
    /// A test with the helpers that it uses, and those that these use.
    fn closure(&self, test: &'a Function, language: Language) -> Vec<&'a Function> {
        let mut all = vec![test];
        let mut seen = HashSet::new();
        let mut at = 0;
        // helpers of helpers of helpers are enough
        let mut depth = 0;
        while depth < 3 && at < all.len() {
            let end = all.len();
            for index in at..end {
                for name in called(all[index], language) {
                    for helper in self.0.get(name).into_iter().flatten().take(4) {
                        if !helper.is_test
                            && all.len() < 64
                            && seen.insert(std::ptr::from_ref(*helper))
                        {
                            all.push(helper);
                        }
                    }
                }
            }
            at = end;
            depth += 1;
        }
        all
    }
}

fn asserts(function: &Function, language: Language) -> bool {
    let index = match language {
        Language::Go => 0,
        Language::Python => 1,
        Language::Rust => 2,
        Language::Script => 3,
    };
    let text = EMPTY.replace_all(&function.skeleton, " ");
    ASSERTS[index].is_match(&text)
}

/// The tests of a layer: whether there is a real one, and the first that is none.
#[derive(Default)]
struct Found {
    real: bool,
    empty: Option<(String, u32)>,
}

fn exist(project: &Project) -> Outcome {
    let (files, any) = read(project);
    if !any {
        let other = project.files.iter().any(|file| {
            matches!(
                extension(file).as_str(),
                "cs" | "dart" | "ex" | "java" | "kt" | "php" | "rb" | "scala" | "swift"
            )
        });
        return if other {
            Outcome::unverified(
                "its tests: they are read in Rust, Python, JavaScript, TypeScript and Go alone",
            )
        } else {
            Outcome::not_applicable(
                "it has no source of Rust, Python, JavaScript, TypeScript or Go",
            )
        };
    }
    let mut map: HashMap<&str, Vec<&Function>> = HashMap::new();
    for function in files.iter().flat_map(|file| &file.functions) {
        map.entry(&function.name).or_default().push(function);
    }
    let map = Map(map);
    let mut layers =
        [Layer::Unit, Layer::Protocol, Layer::Adversarial].map(|layer| (layer, Found::default()));
    for file in &files {
        judge_file(file, &map, &mut layers);
        if layers.iter().all(|(_, found)| found.real) {
            return Outcome::pass();
        }
    }
    if checked_elsewhere(project) {
        layers[1].1.real = true;
    }
    let mut outcome = Outcome::pass();
    for (layer, found) in layers {
        if found.real {
            continue;
        }
        let name = layer.name();
        let finding = match found.empty {
            Some((file, line)) => RULE.finding(
                Place::File(file, Some(line)),
                format!("there is no {name} test: what looks like one asserts nothing"),
                layer.fix(),
            ),
            None => RULE.finding(
                Place::File("tests".to_owned(), None),
                format!("there is no {name} test"),
                layer.fix(),
            ),
        };
        outcome.find(finding.key(name));
    }
    outcome
}

fn judge_file(file: &TestFile, map: &Map<'_>, layers: &mut [(Layer, Found); 3]) {
    let file_speaks = speaks(&file.code);
    let is_fuzz = file.code.contains("fuzz_target!");
    if is_fuzz {
        layers[2].1.real = true;
    }
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let file_is_hostile = HOSTILE.is_match(name);
    for test in file.functions.iter().filter(|function| function.is_test) {
        let closure = map.closure(test, file.language);
        let real = closure
            .iter()
            .any(|function| asserts(function, file.language));
        let any = |pattern: &Regex| {
            closure
                .iter()
                .any(|function| pattern.is_match(&function.text))
        };
        let test_speaks = any(&CLIENT) || (any(&REQUEST) && any(&TRANSPORT));
        let is_hostile =
            file_is_hostile || HOSTILE.is_match(&test.name) || HOSTILE.is_match(&test.text);
        let is_unit = !(test_speaks || file_speaks && USES_CLIENT.is_match(&test.skeleton));
        for (layer, found) in layers.iter_mut() {
            let belongs = match layer {
                Layer::Unit => is_unit,
                // what a whole file speaks of, one of its tests does
                Layer::Protocol => test_speaks || (file_speaks && !is_unit),
                Layer::Adversarial => is_hostile,
            };
            found.real |= belongs && real;
            let by_name = *layer == Layer::Protocol
                && (CALLED_PROTOCOL.is_match(name) || CALLED_PROTOCOL.is_match(&test.name));
            if !real && (belongs || by_name) && found.empty.is_none() {
                found.empty = Some((file.path.clone(), test.line));
            }
        }
    }
}

/// Whether CI or a script lets a client or the gate speak to the server.
fn checked_elsewhere(project: &Project) -> bool {
    let command = regex(
        r"\bseaworthy(?:@\S+)? check\b|\bseaworthy-check\b|modelcontextprotocol/(?:inspector|conformance)\b|\bmcp-inspector\b",
    );
    project
        .files
        .iter()
        .filter(|file| {
            let name = file.rsplit('/').next().unwrap_or_default();
            file.starts_with(".github/workflows/")
                || file.starts_with(".ci/")
                || matches!(
                    name,
                    ".gitlab-ci.yml"
                        | "Makefile"
                        | "justfile"
                        | "package.json"
                        | "noxfile.py"
                        | "tox.ini"
                )
                || extension(file) == "sh"
        })
        .filter_map(|file| project.text(file))
        .any(|text| {
            text.lines()
                .filter(|line| !line.trim_start().starts_with('#'))
                .any(|line| command.is_match(line))
        })
}

/// Runs the tests, where that is allowed.
async fn pass(project: &Project, outcome: &mut Outcome) {
    let commands = match &project.test_command {
        Some(command) => vec![("seaworthy.toml".to_owned(), command.clone())],
        None if project.permission >= Permission::Active => match own_commands(project) {
            Ok(commands) => commands,
            Err(why) => return outcome.unknown(format!("that the tests pass: {why}")),
        },
        None => {
            return outcome.unknown(
                "that they pass: name the test command in seaworthy.toml or give --active",
            );
        }
    };
    if process::is_nested() {
        // the tests run the gate, which would run the tests, which run the gate
        return outcome.unknown("that they pass: this run was itself started by a run of the gate");
    }
    if commands.is_empty() {
        outcome.unknown(
            "that they pass: no manifest says how they are run; name the command in seaworthy.toml",
        );
    }
    let mut left = thresholds::TESTS_RUN;
    for (file, command) in commands {
        let begun = std::time::Instant::now();
        let ran = program::run(
            &command,
            &project.root,
            &std::collections::BTreeMap::new(),
            left,
        )
        .await;
        left = left
            .saturating_sub(begun.elapsed())
            .max(Duration::from_secs(1));
        let ran = match ran {
            Ok(ran) => ran,
            Err(lost) => {
                outcome.unknown(format!("that the tests pass: {lost}"));
                continue;
            }
        };
        match ran.exit {
            Some(exit) if exit.code == Some(0) => {}
            // a shell's way to say that there is no such program
            Some(exit) if exit.code == Some(127) || lacks_something(&ran.output) => outcome
                .unknown(format!(
                    "that the tests pass: {command} did not come to run them: {}",
                    last_line(&ran.output)
                )),
            Some(exit) => outcome.find(
                RULE.finding(
                    Place::File(file, None),
                    format!("the tests do not pass: {command} ended with {}", exit.text),
                    format!("Run `{command}` and mend what fails."),
                )
                .text("the end of its output", &tail(&ran.output))
                .key("pass"),
            ),
            None => outcome.unknown(format!(
                "that the tests pass: {command} did not end within {} s",
                thresholds::TESTS_RUN.as_secs()
            )),
        }
    }
}

/// Whether a run failed because a tool or a package is not installed here.
fn lacks_something(output: &str) -> bool {
    [
        "No module named pytest",
        "No module named unittest",
        "Cannot find package",
        "no such command",
        "could not find `Cargo.toml`",
        "error: rustup could not choose",
    ]
    .iter()
    .any(|known| output.contains(known))
}

fn last_line(output: &str) -> &str {
    output
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("it said nothing")
}

/// The last lines: there runners say what failed.
fn tail(output: &str) -> String {
    let lines: Vec<_> = output.trim_end().lines().collect();
    let from = lines.len().saturating_sub(12);
    let text = lines[from..].join("\n");
    let over = text.len().saturating_sub(550);
    text[text.floor_char_boundary(over)..].to_owned()
}

/// How the manifests run the tests, with the manifest.
fn own_commands(project: &Project) -> Result<Vec<(String, Command)>, String> {
    let mut commands = Vec::new();
    let mut add = |file: &str, words: &[&str]| {
        let command = Command::new(words.iter().copied());
        commands.extend(command.map(|command| (file.to_owned(), command)));
    };
    if project.has("Cargo.toml") {
        add("Cargo.toml", &["cargo", "test", "--quiet"]);
    }
    if project.has("package.json") {
        let json = project.json("package.json").unwrap_or_default();
        let asks = ["dependencies", "devDependencies"]
            .iter()
            .any(|kind| json[*kind].as_object().is_some_and(|all| !all.is_empty()));
        match json["scripts"]["test"].as_str() {
            Some(script) if !script.contains("no test specified") => {
                if asks && !project.root.join("node_modules").is_dir() {
                    return Err("node_modules is missing: run npm ci first".to_owned());
                }
                add("package.json", &["npm", "test", "--silent"]);
            }
            _ => {}
        }
    }
    let python = [
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "requirements.txt",
    ]
    .into_iter()
    .find(|file| project.has(file));
    let has_tests = project.files.iter().any(|file| {
        Language::of(file) == Some(Language::Python) && is_test_file(file, Language::Python)
    });
    if (python.is_some() || !commands_exist(project)) && has_tests {
        let file = python.unwrap_or("tests");
        let by_pytest = project.files.iter().any(|file| {
            (matches!(
                file.as_str(),
                "pyproject.toml"
                    | "uv.lock"
                    | "requirements.txt"
                    | "requirements-dev.txt"
                    | "tox.ini"
                    | "pytest.ini"
            ) || file.ends_with("conftest.py")
                || (Language::of(file) == Some(Language::Python)
                    && is_test_file(file, Language::Python)))
                && project
                    .text(file)
                    .is_some_and(|text| text.contains("pytest"))
        });
        let folder = if project.files.iter().any(|file| file.starts_with("tests/")) {
            "tests"
        } else {
            "."
        };
        // what is installed for the project, before what the system has
        let own = [".venv/bin/python", "venv/bin/python"]
            .into_iter()
            .map(|python| project.root.join(python))
            .find(|python| python.is_file());
        let uses_uv = project.has("uv.lock") && by_pytest && own.is_none();
        let python = own.map_or("python3".to_owned(), |own| {
            own.to_string_lossy().into_owned()
        });
        match (uses_uv, by_pytest) {
            (true, _) => add(file, &["uv", "run", "--frozen", "pytest", "-q"]),
            (false, true) => add(file, &[&python, "-m", "pytest", "-q"]),
            (false, false) => add(file, &[&python, "-m", "unittest", "discover", "-s", folder]),
        }
    }
    if project.has("go.mod") {
        add("go.mod", &["go", "test", "./..."]);
    }
    Ok(commands)
}

fn commands_exist(project: &Project) -> bool {
    ["Cargo.toml", "go.mod", "package.json"]
        .iter()
        .any(|file| project.has(file))
}
