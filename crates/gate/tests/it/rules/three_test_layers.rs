use seaworthy_gate::{
    Command, Options, Permission, Report, Target, check_with, report::Verdict, rules,
};

use crate::{
    projects::{Project, flawed, sound},
    servers::judged,
};

const NAME: &str = "three-test-layers";

/// The tests of the sample project, as `seaworthy.toml` would name them.
fn tested() -> Options {
    Options {
        test_command: Command::new(["python3", "-m", "unittest", "discover", "-s", "tests"]),
        ..Options::default()
    }
}

#[tokio::test]
async fn tests_that_assert_nothing_are_none() {
    let findings = flawed(NAME, tested()).await;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect();
    assert_eq!(
        found,
        [
            "tests/test_protocol.py:7: there is no protocol test: what looks like one asserts nothing",
            "tests/test_hostile.py:5: there is no adversarial test: what looks like one asserts nothing",
        ]
    );
}

#[tokio::test]
async fn helpers_may_speak_and_assert() {
    sound(NAME, tested()).await;
}

/// Judges a project by this rule alone, without its server.
async fn judge(project: &Project, options: Options) -> Report {
    let options = Options {
        only: vec![rules::rule(NAME).unwrap()],
        ..options
    };
    let target = Target::Project(project.root().to_owned(), None);
    check_with(target, options).await.unwrap()
}

#[tokio::test]
async fn a_test_that_fails_is_found_with_the_end_of_its_output() {
    let project = Project::new().with(
        "tests/test_more.py",
        "import unittest\nclass More(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual(1 + 1, 3)\n",
    );
    for options in [
        tested(),
        Options {
            permission: Permission::Active,
            ..Options::default()
        },
    ] {
        let report = judge(&project, options).await;
        let [finding] = judged(&report, NAME).findings.as_slice() else {
            panic!("{:?}", judged(&report, NAME));
        };
        assert!(
            finding.message.starts_with(
                "the tests do not pass: python3 -m unittest discover -s tests ended with"
            ),
            "{}",
            finding.message
        );
        assert!(
            finding.quotes[0].text.contains("2 != 3"),
            "{}",
            finding.quotes[0].text
        );
    }
}

#[tokio::test]
async fn what_is_not_run_is_not_verified() {
    let project = Project::new();
    let report = judge(&project, Options::default()).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Unverified);
    assert_eq!(
        judged(&report, NAME).unverified,
        ["that they pass: name the test command in seaworthy.toml or give --active"]
    );
    let options = Options {
        test_command: Command::new(["no-such-program-7f3a"]),
        ..Options::default()
    };
    let report = judge(&project, options).await;
    assert!(judged(&report, NAME).unverified[0].contains("cannot start no-such-program-7f3a"));
    let options = Options {
        permission: Permission::Active,
        ..Options::default()
    };
    let report = judge(&project, options).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
}

/// The layers that are missed in a project of these files alone.
async fn missing(files: &[(&str, &str)]) -> Vec<String> {
    let mut project = Project::new()
        .without("tests")
        .without("pyproject.toml")
        .without("uv.lock");
    for (file, text) in files {
        project = project.with(file, text);
    }
    let report = judge(&project, Options::default()).await;
    let findings = &judged(&report, NAME).findings;
    findings.iter().map(|finding| finding.key.clone()).collect()
}

#[tokio::test]
async fn python() {
    let unit = "def test_add():\n    assert add(1, 2) == 3\n";
    let protocol = "import pytest\nfrom mcp import ClientSession\nfrom mcp.client.stdio import stdio_client\n\n\
                    @pytest.fixture\nasync def session():\n    async with stdio_client(x) as s, ClientSession(*s) as session:\n        \
                    yield session\n";
    let uses = "async def test_list(session):\n    assert (await session.list_tools()).tools\n";
    let hostile = "import pytest\n\n@pytest.mark.parametrize('path', ['../x'])\nasync def test_paths(session, path):\n    \
                   assert (await session.call_tool('read', {'path': path})).isError\n";
    assert_eq!(missing(&[]).await, ["unit", "protocol", "adversarial"]);
    assert_eq!(
        missing(&[("tests/test_add.py", unit)]).await,
        ["protocol", "adversarial"]
    );
    assert_eq!(
        missing(&[
            ("tests/test_add.py", unit),
            ("tests/conftest.py", protocol),
            ("tests/test_list.py", uses)
        ])
        .await,
        ["adversarial"]
    );
    assert_eq!(
        missing(&[
            ("tests/conftest.py", protocol),
            ("tests/test_list.py", uses),
            ("tests/test_hostile.py", hostile)
        ])
        .await,
        ["unit"]
    );
    let all = [
        ("tests/test_add.py", unit),
        ("tests/conftest.py", protocol),
        ("tests/test_hostile.py", hostile),
    ];
    assert_eq!(missing(&all).await, [""; 0]);
    // a client in a comment, or in the server itself, is no test
    let claims = "# ClientSession, stdio_client\ndef test_protocol():\n    assert True\n";
    assert_eq!(
        missing(&[
            ("tests/test_add.py", unit),
            ("tests/test_protocol.py", claims),
            ("client.py", protocol)
        ])
        .await,
        ["protocol", "adversarial"]
    );
}

#[tokio::test]
async fn typescript() {
    let unit = "import { describe, it, expect } from 'vitest';\ndescribe('add', () => {\n  it('adds', () => {\n    expect(add(1, 2)).toBe(3);\n  });\n});\n";
    let protocol = "import { Client } from '@modelcontextprotocol/sdk/client/index.js';\nlet client;\nbeforeAll(async () => { client = new Client({}); });\n\
                    test('lists its tools', async () => { expect((await client.listTools()).tools).toHaveLength(2); });\n";
    let hostile = "test.each([[null], [7]])('refuses invalid arguments %s', async (value) => {\n  await expect(run(value)).rejects.toThrow();\n});\n";
    assert_eq!(
        missing(&[
            ("src/add.test.ts", unit),
            ("test/server.spec.ts", protocol),
            ("test/hostile.mts", hostile)
        ])
        .await,
        [""; 0]
    );
    let skipped = hostile.replace("test.each", "test.skip.each");
    let empty = protocol.replace(
        "expect((await client.listTools()).tools).toHaveLength(2)",
        "await client.listTools()",
    );
    assert_eq!(
        missing(&[
            ("src/add.test.ts", unit),
            ("test/server.spec.ts", &empty),
            ("test/hostile.mts", &skipped)
        ])
        .await,
        ["protocol", "adversarial"]
    );
}

#[tokio::test]
async fn rust() {
    let unit = "pub fn add() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(super::add(1, 2), 3);\n    }\n}\n";
    let protocol = "use rmcp::{ServiceExt, transport::TokioChildProcess};\n#[tokio::test]\nasync fn lists() -> Result<()> {\n    \
                    let service = ().serve(TokioChildProcess::new(c)?).await?;\n    assert_eq!(service.list_all_tools().await?.len(), 2);\n    Ok(())\n}\n";
    let fuzz = "#![no_main]\nlibfuzzer_sys::fuzz_target!(|data: &[u8]| { let _ = notes::parse(data); });\n";
    assert_eq!(
        missing(&[
            ("src/lib.rs", unit),
            ("tests/protocol.rs", protocol),
            ("fuzz/fuzz_targets/parse.rs", fuzz)
        ])
        .await,
        [""; 0]
    );
    let ignored = protocol.replace("#[tokio::test]", "#[tokio::test]\n#[ignore = \"slow\"]");
    assert_eq!(
        missing(&[("src/lib.rs", unit), ("tests/protocol.rs", &ignored)]).await,
        ["protocol", "adversarial"]
    );
}

#[tokio::test]
async fn go() {
    let unit = "package notes\nfunc TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal(\"no\")\n\t}\n}\n";
    let protocol = "package notes\nfunc connect(t *testing.T) *mcp.ClientSession {\n\ta, b := mcp.NewInMemoryTransports()\n\treturn serve(a, b)\n}\n\
                    func TestList(t *testing.T) {\n\ttools, err := connect(t).ListTools(ctx, nil)\n\trequire.NoError(t, err)\n}\n";
    let fuzz = "package notes\nfunc FuzzParse(f *testing.F) {\n\tf.Fuzz(func(t *testing.T, in string) {\n\t\tif Parse(in) == nil { t.Error(in) }\n\t})\n}\n";
    assert_eq!(
        missing(&[
            ("notes_test.go", unit),
            ("protocol_test.go", protocol),
            ("fuzz_test.go", fuzz)
        ])
        .await,
        [""; 0]
    );
    assert_eq!(
        missing(&[
            ("notes_test.go", unit),
            ("fuzz_test.go", &fuzz.replace("t.Error(in)", ""))
        ])
        .await,
        ["protocol", "adversarial"]
    );
}

#[tokio::test]
async fn the_gate_in_ci_speaks_the_protocol() {
    let unit = "def test_add():\n    assert add(1, 2) == 3\n";
    let workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: npx seaworthy check -- python3 server.py\n";
    assert_eq!(
        missing(&[
            ("tests/test_add.py", unit),
            (".github/workflows/ci.yml", workflow)
        ])
        .await,
        ["adversarial"]
    );
}
