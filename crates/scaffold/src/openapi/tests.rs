//! Tests over whole documents.
