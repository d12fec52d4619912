use std::collections::BTreeMap;

use seaworthy_gate::{Command, Options, Report, Target, check_with, report::Verdict, rules};

use crate::{
    projects::{Project, flawed, sound},
    servers::judged,
};

const NAME: &str = "missing-env-fails-loud";

fn with_variables() -> Options {
    let variables = [("NOTES_TOKEN", "t-1"), ("NOTES_FOLDER", "/")];
    Options {
        env: BTreeMap::from(variables.map(|(name, value)| (name.to_owned(), value.to_owned()))),
        ..Options::default()
    }
}

#[tokio::test]
async fn one_that_is_not_missed_and_one_that_is_not_named_are_found() {
    let findings = flawed(NAME, with_variables()).await;
    let found: Vec<_> = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect();
    assert_eq!(
        found,
        [
            "server.json:9: without NOTES_FOLDER the server ends (exit status: 1), and stderr does not name it",
            "server.json:8: the server starts without NOTES_TOKEN, and answers the handshake as if nothing were missing",
        ]
    );
    assert_eq!(
        findings[0].quotes[0].text,
        "the configuration is not complete"
    );
}

#[tokio::test]
async fn a_name_on_stderr_and_an_exit_code_are_enough() {
    sound(NAME, with_variables()).await;
}

/// Judges a project by this rule alone; it is the server of `sound` with another `server.py`.
async fn judge(server: &str, options: Options) -> Report {
    let project = Project::of(&format!("{NAME}/sound")).with("server.py", server);
    let options = Options {
        only: vec![rules::rule(NAME).unwrap()],
        ..options
    };
    project.judge(options).await
}

#[tokio::test]
async fn an_exit_code_of_0_and_silence_are_found() {
    let server = "import os, sys\nfrom base import Server\nif not os.environ.get('NOTES_TOKEN'):\n    \
                  print('NOTES_TOKEN is not set', file=sys.stderr)\n    sys.exit(0)\n\
                  if not os.environ.get('NOTES_FOLDER'):\n    sys.exit(3)\nServer().run()\n";
    let report = judge(server, with_variables()).await;
    let found: Vec<_> = judged(&report, NAME)
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "without NOTES_FOLDER the server ends (exit status: 3) and says nothing on stderr",
            "without NOTES_TOKEN the server ends with exit code 0, as if all were well"
        ]
    );
}

#[tokio::test]
async fn an_end_at_the_handshake_is_in_time_and_a_hang_is_not() {
    let at_handshake = "import os, sys\nfrom base import Server\nclass Late(Server):\n    def initialize(self, params):\n        \
                        for name in ('NOTES_TOKEN', 'NOTES_FOLDER'):\n            if name not in os.environ:\n                \
                        print(name, 'is not set', file=sys.stderr, flush=True)\n                os._exit(1)\n        \
                        return super().initialize(params)\nLate().run()\n";
    let report = judge(at_handshake, with_variables()).await;
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
    let hangs = "import os, time\nfrom base import Server\nif 'NOTES_TOKEN' not in os.environ: time.sleep(600)\n\
                 if 'NOTES_FOLDER' not in os.environ: raise SystemExit('NOTES_FOLDER is missing')\nServer().run()\n";
    let report = judge(hangs, with_variables()).await;
    let findings = &judged(&report, NAME).findings;
    assert_eq!(
        findings[0].message,
        "without NOTES_TOKEN the server does not end within 10 s"
    );
    assert_eq!(findings.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_told_is_said() {
    let sound = || Project::of(&format!("{NAME}/sound"));
    let read = |project: Project, command: Option<Command>, options: Options| async move {
        let target = Target::Project(project.root().to_owned(), command);
        let report = check_with(target, options).await.unwrap();
        let judged = judged(&report, NAME);
        (judged.verdict.clone(), judged.unverified.join("; "))
    };
    let (verdict, why) = read(sound(), None, Options::default()).await;
    assert_eq!(verdict, Verdict::Unverified);
    assert!(
        why.starts_with("the server's command is not known"),
        "{why}"
    );
    // a file of the user's own sets it
    let project = sound().with(".env", "NOTES_TOKEN=x\n");
    let command = || Command::new(["python3", "server.py"]);
    let only = || Options {
        only: vec![rules::rule(NAME).unwrap()],
        ..with_variables()
    };
    let (verdict, why) = read(project, command(), only()).await;
    assert_eq!(verdict, Verdict::Unverified);
    assert!(
        why.contains(".env in the project's folder sets it"),
        "{why}"
    );
    // it refuses what stands in for a value: nobody knows what it would do with a real one
    let picky = "import os, sys\nfrom base import Server\nif os.environ.get('NOTES_TOKEN', 't-1') != 't-1':\n    \
                 sys.exit('the configuration is wrong')\nif 'NOTES_FOLDER' not in os.environ:\n    sys.exit('no folder')\nServer().run()\n";
    let mut options = only();
    options.env.remove("NOTES_TOKEN");
    let project = sound().with("server.py", picky);
    let (_, why) = read(project, command(), options).await;
    assert!(
        why.contains(
            "what it does without NOTES_FOLDER: it does not start with placeholders either"
        ),
        "{why}"
    );
}
