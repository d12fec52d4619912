//! A whole conversation through the SDK's own client, in each era of the protocol.

use rmcp::model::{
    ArgumentInfo, CompleteRequestParams, ErrorCode, GetPromptRequestParams,
    ReadResourceRequestParams, Reference, ResourceContents,
};
use serde_json::json;

use acme_notes::{NAME, VERSION, tools::TOOLS};

use crate::support::{Served, eras, object, token_of};

#[tokio::test]
async fn the_server_says_who_it_is() {
    for era in eras() {
        let served = Served::new(era).await;
        let info = served.client.peer_info().unwrap();
        let identity = info.server_info.as_ref().unwrap();
        assert_eq!((&*identity.name, &*identity.version), (NAME, VERSION));
        assert!(info.instructions.as_ref().unwrap().contains("find_notes"));
    }
}

#[tokio::test]
async fn tools_are_listed_and_called() {
    for era in eras() {
        let served = Served::new(era).await;
        let listed = served.client.list_all_tools().await.unwrap();
        let names: Vec<_> = listed.iter().map(|tool| &*tool.name).collect();
        let expected: Vec<_> = TOOLS.iter().map(|tool| tool.name).collect();
        assert_eq!(names, expected);

        served
            .tell("add_note", json!({"name": "a", "content": "text"}))
            .await;
        let found = served.tell("find_notes", json!({})).await;
        assert!(found.starts_with("| a - text (4 characters"), "{found}");
        let read = served.tell("read_note", json!({"name": "a"})).await;
        assert!(read.ends_with("\n| text"), "{read}");

        let preview = served.tell("delete_note", json!({"name": "a"})).await;
        let token = token_of(&preview);
        let confirmed = json!({"name": "a", "confirm": true, "confirm_token": token});
        served.tell("delete_note", confirmed).await;
        let missing = served.refuse("read_note", json!({"name": "a"})).await;
        assert!(missing.contains("next: call find_notes"), "{missing}");
    }
}

#[tokio::test]
async fn notes_are_resources() {
    for era in eras() {
        let served = Served::new(era).await;
        served
            .tell("add_note", json!({"name": "B c", "content": "text"}))
            .await;
        let listed = served.client.list_all_resources().await.unwrap();
        assert_eq!(listed[0].uri, "note://B%20c");
        let request = ReadResourceRequestParams::new(&*listed[0].uri);
        let read = served.client.read_resource(request).await.unwrap();
        let ResourceContents::TextResourceContents {
            text, mime_type, ..
        } = &read.contents[0]
        else {
            panic!("not a text")
        };
        assert_eq!(
            (&**text, mime_type.as_deref()),
            ("text", Some("text/markdown"))
        );

        let templates = served.client.list_all_resource_templates().await.unwrap();
        let reference = Reference::for_resource(&*templates[0].uri_template);
        let request = CompleteRequestParams::new(reference, ArgumentInfo::new("name", "B"));
        let completed = served.client.complete(request).await.unwrap();
        assert_eq!(completed.completion.values, ["B c"]);

        let request = ReadResourceRequestParams::new("note://none");
        let error = served.client.read_resource(request).await.unwrap_err();
        assert!(format!("{error:?}").contains("-32602"), "{error:?}");
    }
}

#[tokio::test]
async fn many_notes_are_resources_by_pages() {
    for era in eras() {
        let served = Served::new(era).await;
        for number in 0..60 {
            let note = json!({"name": format!("{number:02}"), "content": "text"});
            served.tell("add_note", note).await;
        }
        let first = served.client.list_resources(None).await.unwrap();
        assert_eq!(first.resources.len(), 50);
        assert!(first.next_cursor.is_some());
        assert_eq!(served.client.list_all_resources().await.unwrap().len(), 60);
    }
}

#[tokio::test]
async fn the_prompt_is_written_out() {
    for era in eras() {
        let served = Served::new(era).await;
        let prompts = served.client.list_all_prompts().await.unwrap();
        assert_eq!(prompts[0].name, "summarize-notes");
        let request = GetPromptRequestParams::new("summarize-notes")
            .with_arguments(object(json!({"style": "detailed"})));
        let prompt = served.client.get_prompt(request).await.unwrap();
        let text = serde_json::to_string(&prompt.messages).unwrap();
        assert!(text.contains("a heading and a paragraph"), "{text}");
        let request = GetPromptRequestParams::new("none");
        let error = served.client.get_prompt(request).await.unwrap_err();
        let code = ErrorCode::INVALID_PARAMS.0.to_string();
        assert!(format!("{error:?}").contains(&code), "{error:?}");
    }
}

#[tokio::test]
async fn definitions_say_all_that_a_model_needs() {
    let served = Served::legacy().await;
    for tool in served.client.list_all_tools().await.unwrap() {
        let name = &tool.name;
        let description = tool.description.as_deref().unwrap();
        let length = description.chars().count();
        assert!((40..=2_048).contains(&length), "{name}: {length}");
        assert!(
            !description.contains('\n') && !description.contains("  "),
            "{name}"
        );
        assert!(tool.title.is_some(), "{name}");
        let hints = tool.annotations.as_ref().unwrap();
        let all = [
            hints.read_only_hint,
            hints.destructive_hint,
            hints.idempotent_hint,
            hints.open_world_hint,
        ];
        assert!(all.iter().all(Option::is_some), "{name}");
        let schema = &tool.input_schema;
        assert_eq!(schema["additionalProperties"], false, "{name}");
        for (parameter, property) in schema["properties"].as_object().unwrap() {
            let has = |key: &str| property.get(key).is_some();
            assert!(has("description"), "{name}.{parameter}");
            let bounded = match property["type"].as_str().unwrap() {
                "string" => has("maxLength") || has("enum"),
                "integer" | "number" => has("minimum") && has("maximum"),
                kind => kind == "boolean",
            };
            assert!(bounded, "{name}.{parameter}: {property}");
        }
    }
}

#[tokio::test]
async fn notes_outlive_the_server() {
    let served = Served::legacy().await;
    served
        .tell("add_note", json!({"name": "a", "content": "text"}))
        .await;
    let kept = std::fs::read(served.folder.path().join("notes.sqlite3")).unwrap();
    assert!(kept.starts_with(b"SQLite format 3"));
}
