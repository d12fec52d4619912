pub const NAME: &str = "docker";
