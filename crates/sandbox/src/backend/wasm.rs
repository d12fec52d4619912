pub const NAME: &str = "wasm";
