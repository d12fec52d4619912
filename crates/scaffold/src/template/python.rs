//! The template in Python: its files, sorted by path.

use super::{File, Past, Template};
use crate::Language;

/// The template.
pub(super) const TEMPLATE: Template = Template {
    language: Language::Python,
    version: 1,
    files: FILES,
    history: HISTORY,
};

const HISTORY: &[Past] = &[];

const FILES: &[File] = &[];
