//! The engine of the tests, and what is on it.

use std::collections::HashMap;

use bollard::{
    Docker as Client,
    models::{ContainerInspectResponse, ContainerSummary},
    query_parameters::ListContainersOptionsBuilder,
};
use seaworthy_sandbox::backend::docker::Settings;

/// What `tests/real/engine` prints.
#[expect(
    clippy::disallowed_methods,
    reason = "tests/real/engine tells by the environment where the engine is"
)]
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).expect("run the tests after: eval \"$(tests/real/engine)\"")
}

/// The engine and the image of the tests.
pub(crate) fn settings() -> Settings {
    Settings {
        host: Some(variable("DOCKER_HOST")),
        image: variable("SEAWORTHY_TEST_IMAGE"),
        ..Settings::default()
    }
}

pub(crate) async fn client() -> Client {
    Client::connect_with_host(&variable("DOCKER_HOST"))
        .unwrap()
        .negotiate_version()
        .await
        .unwrap()
}

/// Containers that this process made (others may use the same engine).
pub(crate) async fn containers_of(pid: u32) -> Vec<ContainerSummary> {
    let filters = HashMap::from([("label", vec!["seaworthy.sandbox=1"])]);
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters)
        .build();
    let mut all = client().await.list_containers(Some(options)).await.unwrap();
    all.retain(|container| {
        let labels = container.labels.as_ref().unwrap();
        labels["seaworthy.sandbox.owner"].contains(&format!("/{pid}/"))
    });
    all
}

/// Containers of this very process.
pub(crate) async fn own() -> Vec<ContainerSummary> {
    containers_of(std::process::id()).await
}

pub(crate) async fn inspect(container: &ContainerSummary) -> ContainerInspectResponse {
    let id = container.id.as_deref().unwrap();
    client().await.inspect_container(id, None).await.unwrap()
}
