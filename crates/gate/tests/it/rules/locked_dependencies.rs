use seaworthy_gate::Options;

use crate::projects::{Project, flawed, sound};

const NAME: &str = "locked-dependencies";

#[tokio::test]
async fn an_open_range_and_a_missing_lock_are_found() {
    let findings = flawed(NAME, Options::default()).await;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            (
                finding.place.to_string(),
                finding.message.as_str(),
                finding.fix.as_str(),
            )
        })
        .collect();
    assert_eq!(
        found[0],
        (
            "pyproject.toml:5".to_owned(),
            "mcp has no upper bound (mcp>=1.9): the next major version comes by itself",
            "Write \"mcp>=1.9,<2\"."
        )
    );
    assert_eq!(
        found[1].1,
        "no lock file: each installation may get other code"
    );
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn a_bound_behind_blanks_and_a_name_by_another_spelling_are_fine() {
    sound(NAME, Options::default()).await;
}

/// The sound project with its manifest and lock replaced.
async fn lines(files: &[(&str, &str)]) -> Vec<String> {
    let mut project = Project::new().without("pyproject.toml").without("uv.lock");
    for (file, text) in files {
        project = project.with(file, text);
    }
    project.lines(NAME).await
}

const NPM: &str =
    r#"{"name": "notes", "dependencies": {"@modelcontextprotocol/sdk": "^1.20.0", "zod": "^4"}}"#;
const NPM_LOCK: &str = r#"{"name": "notes", "lockfileVersion": 3, "packages": {
    "": {"name": "notes", "dependencies": {"@modelcontextprotocol/sdk": "^1.20.0", "zod": "^4"}},
    "node_modules/@modelcontextprotocol/sdk": {"version": "1.20.0"}, "node_modules/zod": {"version": "4.0.0"}}}"#;

#[tokio::test]
async fn packages_of_node() {
    assert_eq!(
        lines(&[("package.json", NPM), ("package-lock.json", NPM_LOCK)]).await,
        [""; 0]
    );
    assert_eq!(
        lines(&[
            ("package.json", NPM),
            ("package-lock.json", NPM_LOCK),
            (".gitignore", "node_modules\n*-lock.json\n")
        ])
        .await,
        ["error .gitignore:2: package-lock.json is there, but git ignores it"]
    );
    assert_eq!(
        lines(&[
            ("package.json", &NPM.replace("^4", "^5")),
            ("package-lock.json", NPM_LOCK)
        ])
        .await,
        [
            "error package-lock.json: it is out of date: package.json asks for another zod than it was made for"
        ]
    );
    assert_eq!(
        lines(&[
            ("package.json", &NPM.replace("\"notes\"", "\"tasks\"")),
            ("package-lock.json", NPM_LOCK)
        ])
        .await,
        ["error package-lock.json: it is the lock of another package: tasks is not in it"]
    );
    for open in ["latest", "*", ">=1.20.0", "^1 || >=2"] {
        let found = lines(&[
            ("package.json", &NPM.replace("^1.20.0", open)),
            ("yarn.lock", "\"@modelcontextprotocol/sdk@x\":\nzod@^4:\n"),
        ])
        .await;
        assert_eq!(
            found,
            [format!(
                "error package.json:1: @modelcontextprotocol/sdk has no upper bound ({open}): the next major version comes by itself"
            )]
        );
    }
    let pnpm = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      '@modelcontextprotocol/sdk':\n        \
                specifier: ^1\n        version: 1.20.0\npackages:\n  zod@4.0.0:\n    resolution: {}\n";
    assert_eq!(
        lines(&[("package.json", NPM), ("pnpm-lock.yaml", pnpm)]).await,
        [""; 0]
    );
    assert_eq!(
        lines(&[
            ("package.json", NPM),
            ("pnpm-lock.yaml", &pnpm.replace("zod", "yup"))
        ])
        .await,
        [
            "error pnpm-lock.yaml: it is out of date: package.json asks for zod, which it does not have"
        ]
    );
    // nothing is asked for, so nothing is to be locked
    assert_eq!(
        lines(&[("package.json", "{\"name\": \"notes\"}")]).await,
        [""; 0]
    );
}

#[tokio::test]
async fn crates() {
    let cargo = "[package]\nname = \"notes\"\n[dependencies]\nrmcp = { version = \"3\" }\nserde = \">=1\"\n";
    let lock = "version = 4\n[[package]]\nname = \"notes\"\n[[package]]\nname = \"rmcp\"\n[[package]]\nname = \"serde\"\n";
    assert_eq!(
        lines(&[("Cargo.toml", cargo), ("Cargo.lock", lock)]).await,
        [""; 0]
    );
    assert_eq!(
        lines(&[
            ("Cargo.toml", &cargo.replace("\"3\"", "\">=3\"")),
            ("Cargo.lock", lock)
        ])
        .await,
        [
            "error Cargo.toml:4: rmcp has no upper bound (>=3): the next major version comes by itself"
        ]
    );
    assert_eq!(
        lines(&[
            ("Cargo.toml", cargo),
            ("Cargo.lock", &lock.replace("serde", "other"))
        ])
        .await,
        ["error Cargo.lock: it is out of date: Cargo.toml asks for serde, which it does not have"]
    );
    assert_eq!(
        lines(&[("Cargo.toml", cargo), ("Cargo.lock", "<<<<<<< HEAD\n")]).await,
        ["error Cargo.lock: it is no lock file: its text cannot be read as one"]
    );
    // members of a workspace take its lock and its versions
    let workspace = "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nrmcp = \"*\"\n";
    let member = "[package]\nname = \"notes\"\n[dependencies]\nrmcp.workspace = true\n";
    assert_eq!(
        lines(&[
            ("Cargo.toml", workspace),
            ("a/Cargo.toml", member),
            ("Cargo.lock", lock)
        ])
        .await,
        [
            "error a/Cargo.toml:4: rmcp has no upper bound (*): the next major version comes by itself"
        ]
    );
}

#[tokio::test]
async fn projects_of_python() {
    let poetry = "[tool.poetry]\nname = \"notes\"\n[tool.poetry.dependencies]\npython = \">=3.11\"\nfastmcp = \"*\"\n";
    let lock = "[[package]]\nname = \"fastmcp\"\nversion = \"2.0\"\n";
    assert_eq!(
        lines(&[("pyproject.toml", poetry), ("poetry.lock", lock)]).await,
        [
            "error pyproject.toml:5: fastmcp has no upper bound (*): the next major version comes by itself"
        ]
    );
    assert_eq!(
        lines(&[
            ("pyproject.toml", &poetry.replace("\"*\"", "\"^2\"")),
            ("poetry.lock", lock)
        ])
        .await,
        [""; 0]
    );
    assert_eq!(
        lines(&[("requirements.txt", "mcp\n")]).await,
        [
            "error requirements.txt:1: mcp has no upper bound (mcp): the next major version comes by itself",
            "error requirements.txt:1: mcp is not pinned, and there is no other lock file"
        ]
    );
    assert_eq!(
        lines(&[("requirements.txt", "mcp==1.9.4\n")]).await,
        ["error requirements.txt: its versions have no hashes, and there is no other lock file"]
    );
    assert_eq!(
        lines(&[(
            "requirements.txt",
            "mcp==1.9.4 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n    # via x\n"
        )])
        .await,
        [""; 0]
    );
    assert_eq!(
        lines(&[("server.py", "import sys\nfrom mcp.server import Server\n")]).await,
        ["error server.py:2: it imports mcp, and no file says which version"]
    );
    // a kit asks for its own extras
    let kit = "[project]\nname = \"fastmcp\"\ndependencies = []\n[dependency-groups]\ndev = [\"fastmcp[all]\"]\n";
    assert_eq!(
        lines(&[("pyproject.toml", kit), ("uv.lock", lock)]).await,
        [""; 0]
    );
    let inline = "# /// script\n# dependencies = [\"fastmcp>=2\"]\n# ///\nimport fastmcp\n";
    assert_eq!(
        lines(&[
            ("server.py", inline),
            ("server.py.lock", "[[package]]\nname = \"fastmcp\"\n")
        ])
        .await,
        [
            "error server.py:2: fastmcp has no upper bound (fastmcp>=2): the next major version comes by itself"
        ]
    );
    assert_eq!(
        lines(&[("setup.py", "setup(install_requires=['mcp>=1'])\n")])
            .await
            .len(),
        2
    );
}

#[tokio::test]
async fn modules_of_go() {
    let module = "module notes\ngo 1.24\nrequire (\n\tgithub.com/modelcontextprotocol/go-sdk v1.1.0 // indirect\n)\n";
    let sum = "github.com/modelcontextprotocol/go-sdk v1.1.0 h1:x=\n";
    assert_eq!(lines(&[("go.mod", module), ("go.sum", sum)]).await, [""; 0]);
    assert_eq!(
        lines(&[("go.mod", module)]).await,
        ["error go.mod: no lock file: each installation may get other code"]
    );
}
