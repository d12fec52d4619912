//! `run_python` through the real server in the real sandbox, in both protocol eras.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::child::{Era, Session};

mod wasm {
    use super::*;

    const ERAS: [Era; 2] = [Era::Handshake, Era::Modern];

    #[tokio::test]
    async fn code_reads_github_and_cannot_write_to_it() {
        for era in ERAS {
            let session = Session::start(&["--sample"], &[], era, None).await;
            let code = "import tools\n\
                page = tools.find_items(repo='tidewatch/harbor', kind='issue', page_size=100)\n\
                print(len(page['items']), page['cursor'] is not None)\n\
                print(hasattr(tools, 'write_issue'), hasattr(tools, 'run_python'))\n\
                try: tools._call('write_issue', {'repo': 'tidewatch/harbor'})\n\
                except tools.ToolError as error: print('refused:', error.kind)";
            let answer = session.good("run_python", json!({ "code": code })).await;
            assert!(
                answer.contains("| 100 True\n| False False\n| refused: "),
                "{answer}"
            );
        }
    }

    #[tokio::test]
    async fn an_error_of_a_tool_is_an_exception_with_the_same_hint() {
        let session = Session::start(&["--sample"], &[], Era::Modern, None).await;
        let code = "import tools\ntools.read_issue(repo='tidewatch/harbor', number=999999)";
        let outcome = session.call("run_python", json!({ "code": code })).await;
        let answer = outcome.text;
        assert!(outcome.is_error, "{answer}");
        assert!(answer.contains("ToolError: "), "{answer}");
        assert!(answer.contains("was not found"), "{answer}");
    }

    #[tokio::test]
    async fn a_run_is_ended_by_its_own_time() {
        let session = Session::start(&["--sample"], &[], Era::Handshake, None).await;
        let began = Instant::now();
        let arguments =
            json!({"code": "import time\nprint('begun')\ntime.sleep(60)", "timeout_s": 1});
        let outcome = session.call("run_python", arguments).await;
        let answer = outcome.text;
        assert!(outcome.is_error, "{answer}");
        assert!(answer.contains("timed out after 1 s: "), "{answer}");
        assert!(answer.contains("| begun"), "{answer}");
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[tokio::test]
    async fn the_stubs_are_a_resource() {
        let session = Session::start(&["--sample"], &[], Era::Modern, None).await;
        let resources = session.client.list_all_resources().await.unwrap();
        assert!(
            resources
                .iter()
                .any(|resource| resource.uri == "sandbox://tools.pyi")
        );
    }
}
