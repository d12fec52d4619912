pub const NAME: &str = "e2b";
