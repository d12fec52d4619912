//! Page sizes and budgets that would cost less, and why.

/// A number that should change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// What is in force.
    pub from: u32,
    /// What is recommended.
    pub to: u32,
}

/// What is recommended for one tool.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Recommendation {
    /// The tool.
    pub tool: String,
    /// Another page size, in items.
    pub page_size: Option<Step>,
    /// Another budget, in tokens.
    pub tokens: Option<Step>,
    /// The whole sentence, for people.
    pub reason: String,
}
