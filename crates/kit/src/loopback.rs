//! Which names are this machine's own.

use url::Host;

/// Whether a host of an address is this machine and no other: `localhost`, 127.0.0.0/8, `::1`.
pub fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_this_machine() {
        let own = |host: &str| is_loopback(&Host::parse(host).unwrap());
        assert!(own("localhost") && own("LOCALHOST") && own("127.9.9.9") && own("[::1]"));
        for other in [
            "localhost.example",
            "128.0.0.1",
            "[::2]",
            "0.0.0.0",
            "[::]",
            "10.0.0.1",
        ] {
            assert!(!own(other), "{other}");
        }
    }
}
