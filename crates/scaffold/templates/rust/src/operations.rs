//! What the API can be asked for: its operations, typed.

use crate::{
    client::{Method, Operation, Request},
    kit::ToolError,
};

/// `GET /things`.
#[derive(Clone, Debug)]
pub struct ListThings {
    /// A part of the query.
    pub limit: Option<i64>,
    /// A part of the query.
    pub offset: Option<i64>,
}

impl Operation for ListThings {
    fn request(&self) -> Result<Request, ToolError> {
        let mut request = Request::new(Method::GET, "/things");
        request.query("limit", &self.limit);
        request.query("offset", &self.offset);
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{client, stubs::Stub};

    #[tokio::test]
    async fn an_operation_makes_its_request() {
        let stub = Stub::serving(json!({"GET /things": []})).await;
        let things = ListThings {
            limit: Some(7),
            offset: None,
        };
        let settings = &stub.state.settings;
        assert_eq!(client::send(settings, &things).await.unwrap(), json!([]));
        assert_eq!(stub.asked()[0].parameter("limit"), ["7"]);
        assert!(stub.asked()[0].parameter("offset").is_empty());
    }
}
