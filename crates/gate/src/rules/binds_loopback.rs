//! A server for one user that listens on every interface is a server for the whole network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use futures::future::BoxFuture;

use crate::{
    live::Live,
    probe,
    rule::{Basis, Check, Docs, Level, Outcome, Reach, Rule},
    wire::http,
};

pub(super) static RULE: Rule = Rule {
    id: "H03",
    name: "binds-loopback",
    summary: "a server on this machine listens on loopback unless it is told otherwise",
    level: Level::Warning,
    basis: Basis::Should,
    reach: Reach::Reads,
    docs: Docs {
        what: "Where the address is this machine's and the system is Linux, the kernel's table of listening \
               sockets (/proc/net/tcp, tcp6) says whether the server's port is bound to loopback alone or \
               to every interface.",
        why: "On 0.0.0.0 or :: everybody in the café's network can call the tools, with the rights of \
              the user who started them, whatever the firewall was thought to do.",
        source: "MCP 2025-11-25 and 2026-07-28, Transports, Security: \"When running locally, servers \
                 SHOULD bind only to localhost (127.0.0.1) rather than all network interfaces (0.0.0.0).\"",
        bad: "app.listen(8000)  // Node.js: every interface",
        good: "app.listen(8000, \"127.0.0.1\")",
        fix: "Make 127.0.0.1 the default of the host option and let those who need more say so. For a \
              container, publish the port on loopback: docker run -p 127.0.0.1:8000:8000.",
    },
    checks: &[Check::Live(check)],
};

fn check(live: &Live) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let Some(endpoint) = live.http() else {
            return Outcome::not_applicable("the server is reached over stdio");
        };
        if http::reach(&endpoint.url) != http::Reach::Machine {
            return Outcome::not_applicable("the address is not this machine's");
        }
        let Some(port) = endpoint.url.port_or_known_default() else {
            return Outcome::unverified("the address has no port");
        };
        let wanted = match endpoint.url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        let mut table = String::new();
        for file in ["/proc/net/tcp", "/proc/net/tcp6"] {
            // one of them may be missing where that version of IP is switched off
            table.push_str(&tokio::fs::read_to_string(file).await.unwrap_or_default());
        }
        if table.is_empty() {
            return Outcome::unverified(
                "this system does not show which sockets listen (/proc/net/tcp)",
            );
        }
        match bound(&listening(&table, port), wanted) {
            Bound::Loopback => Outcome::pass(),
            Bound::Everywhere(address) => RULE
                .finding(
                    probe::place(endpoint),
                    format!("port {port} is bound to {address}: every interface of the machine"),
                    "Bind to 127.0.0.1 unless told otherwise; for a container, publish the port with -p \
                     127.0.0.1:PORT:PORT.",
                )
                .into(),
            Bound::Unseen => Outcome::unverified(format!(
                "no socket that listens on port {port} is seen from here"
            )),
        }
    })
}

/// To what a port is bound.
#[derive(Debug, PartialEq)]
enum Bound {
    Loopback,
    Everywhere(IpAddr),
    Unseen,
}

/// What serves a loopback address: a socket that is bound to it comes before one that is bound to all.
fn bound(listening: &[IpAddr], wanted: Option<IpAddr>) -> Bound {
    let serves = |address: &&IpAddr| wanted.is_none_or(|wanted| **address == wanted);
    if listening
        .iter()
        .filter(|address| address.is_loopback())
        .any(|address| serves(&address))
    {
        return Bound::Loopback;
    }
    listening
        .iter()
        .find(|address| address.is_unspecified())
        .map_or(Bound::Unseen, |address| Bound::Everywhere(*address))
}

/// The addresses on which a port is listened on, by the kernel's table.
fn listening(table: &str, port: u16) -> Vec<IpAddr> {
    table
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let (address, at) = fields.next()?.rsplit_once(':')?;
            let state = fields.nth(1)?;
            let listens = state == "0A" && u16::from_str_radix(at, 16).ok()? == port;
            if listens { parse(address) } else { None }
        })
        .collect()
}

/// An address as the kernel writes it: words of 32 bits in its own byte order, in hexadecimal.
fn parse(text: &str) -> Option<IpAddr> {
    let mut bytes = Vec::new();
    for at in (0..text.len()).step_by(8) {
        let word = u32::from_str_radix(text.get(at..at + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    if let Ok(four) = <[u8; 4]>::try_from(bytes.as_slice()) {
        return Some(IpAddr::V4(Ipv4Addr::from(four)));
    }
    let sixteen = <[u8; 16]>::try_from(bytes.as_slice()).ok()?;
    let address = Ipv6Addr::from(sixteen);
    Some(
        address
            .to_ipv4_mapped()
            .map_or(IpAddr::V6(address), IpAddr::V4),
    )
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue\n\
        0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 1 1\n\
        1: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 1 1\n\
        2: 0100007F:1F92 0100007F:8000 01 00000000:00000000 00:00000000 00000000  0 0 1 1\n\
        0: 00000000000000000000000000000000:1F93 00000000000000000000000000000000:0000 0A 0 0\n\
        1: 00000000000000000000000001000000:1F94 00000000000000000000000000000000:0000 0A 0 0\n\
        2: 0000000000000000FFFF00000100007F:1F95 00000000000000000000000000000000:0000 0A 0 0\n\
        3: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0 0\n\
        nonsense\n 9: xyz:1F90 q 0A\n";

    #[test]
    fn the_kernels_table_is_read() {
        let of = |port, wanted: Option<&str>| {
            bound(
                &listening(TABLE, port),
                wanted.map(|wanted| wanted.parse().unwrap()),
            )
        };
        let everywhere = |address: &str| Bound::Everywhere(address.parse().unwrap());
        assert_eq!(of(8080, Some("127.0.0.1")), Bound::Loopback);
        // another process has the rest of the machine's addresses
        assert_eq!(of(8080, Some("::1")), everywhere("::"));
        assert_eq!(of(8081, None), everywhere("0.0.0.0"));
        // a connection, not a listener
        assert_eq!(of(8082, None), Bound::Unseen);
        assert_eq!(of(8083, None), everywhere("::"));
        assert_eq!(of(8084, None), Bound::Loopback);
        assert_eq!(of(8085, Some("127.0.0.1")), Bound::Loopback);
        assert_eq!(of(1, None), Bound::Unseen);
    }
}
