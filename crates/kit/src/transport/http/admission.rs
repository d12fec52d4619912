//! Who gets in: `Host`, `Origin`, no query, a bearer token; in that order.
//!
//! A foreign `Host` means that a browser was led here under another name (DNS rebinding), a
//! foreign `Origin` that some other site's page asks. A wrong token is answered in the same way
//! whatever is wrong with it, and too many of them from one address are told to wait. A right one
//! is never held up by that: many clients may come through one proxy.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use governor::{Quota, RateLimiter, clock::DefaultClock, state::keyed::HashMapStateStore};
use http::{HeaderMap, HeaderValue, Uri, header, request::Parts, uri::Authority};
use url::{Host, Url};

use super::{
    METADATA, Shared,
    listen::{Address, Known},
    refusal::Refusal,
};
use crate::{auth, loopback::is_loopback};

/// Wrong tokens from one address that are answered at once; after those, one a second.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// After how many wrong tokens addresses that rested are forgotten.
const SWEEP: u32 = 1_024;

/// Wrong tokens by address.
pub(super) struct Failures {
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
    since_sweep: AtomicU32,
}

impl Failures {
    pub(super) fn new() -> Self {
        Self {
            limiter: RateLimiter::hashmap(Quota::per_second(NonZeroU32::MIN).allow_burst(ATTEMPTS)),
            since_sweep: AtomicU32::new(0),
        }
    }

    /// Counts a wrong token; false when there were too many.
    fn may_fail(&self, from: IpAddr) -> bool {
        if self.since_sweep.fetch_add(1, Ordering::Relaxed) >= SWEEP {
            self.since_sweep.store(0, Ordering::Relaxed);
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&network(from)).is_ok()
    }
}

/// An address, or the network that one IPv6 customer has (RFC 6177: a /64 at the least).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

impl Shared {
    /// The address of the RFC 9728 document, as this client reaches it.
    pub(super) fn metadata_url(&self, headers: &HeaderMap) -> String {
        format!("{}{METADATA}", self.origin(headers))
    }

    /// `scheme://host` of this server for this client.
    pub(super) fn origin(&self, headers: &HeaderMap) -> String {
        let public = self.config.public_url.as_deref();
        if let Some(public) = public.and_then(|url| Url::parse(url).ok()) {
            return public.origin().ascii_serialization();
        }
        let scheme = if self.config.tls { "https" } else { "http" };
        let host = host(headers).map_or_else(|| "localhost".to_owned(), |host| host.to_string());
        format!("{scheme}://{host}")
    }

    /// What is wrong with where a request says that it comes from and goes to.
    pub(super) fn misdirected(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let hosts = &self.config.allowed_hosts;
        let named = host(headers).ok_or(Refusal::Host)?;
        let absolute = uri.authority();
        if !is_own(&named, hosts) || absolute.is_some_and(|authority| !is_own(authority, hosts)) {
            return Err(Refusal::Host);
        }
        for origin in headers.get_all(header::ORIGIN) {
            if !allows(&self.config.allowed_origins, origin) {
                return Err(Refusal::Origin);
            }
        }
        Ok(())
    }
}

/// The one `Host` of a request.
fn host(headers: &HeaderMap) -> Option<Authority> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next()?;
    if hosts.next().is_some() {
        return None;
    }
    let authority = Authority::try_from(host.as_bytes()).ok()?;
    (!authority.as_str().contains('@')).then_some(authority)
}

/// Whether a host is this machine's own name or one of `allowed`, whose port counts where it has
/// one.
fn is_own(named: &Authority, allowed: &[String]) -> bool {
    let name = named.host();
    let loopback = Host::parse(name).is_ok_and(|host| is_loopback(&host));
    let is = |allowed: &String| match allowed.parse::<Authority>() {
        Ok(allowed) => {
            allowed.host().eq_ignore_ascii_case(name)
                && (allowed.port().is_none() || allowed.port_u16() == named.port_u16())
        }
        Err(_) => false,
    };
    loopback || allowed.iter().any(is)
}

/// Whether an `Origin` is one of `allowed`, compared as RFC 6454 has it.
pub(super) fn allows(allowed: &[String], origin: &HeaderValue) -> bool {
    let Some(origin) = origin.to_str().ok().and_then(|text| Url::parse(text).ok()) else {
        return false;
    };
    let origin = origin.origin();
    origin.is_tuple()
        && allowed
            .iter()
            .any(|allowed| Url::parse(allowed).is_ok_and(|allowed| allowed.origin() == origin))
}

/// The middleware. A request that gets through carries its [`auth::Principal`].
pub(super) async fn admit(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut head, body) = request.into_parts();
    match admitted(&shared, &head).await {
        Ok(principal) => {
            if let Some(known) = head.extensions.get::<Known>() {
                known.note();
            }
            head.extensions.insert(principal);
            next.run(Request::from_parts(head, body)).await
        }
        Err(refusal) => refusal.answer(&shared.metadata_url(&head.headers)),
    }
}

async fn admitted(shared: &Shared, head: &Parts) -> Result<auth::Principal, Refusal> {
    shared.misdirected(&head.uri, &head.headers)?;
    if head.uri.query().is_some() {
        return Err(Refusal::Query);
    }
    let authenticator = &shared.config.authenticator;
    let reason = match authenticator.authenticate(&head.headers).await {
        Ok(principal) => return Ok(principal),
        Err(reason) => reason,
    };
    let from = head.extensions.get::<Address>();
    let from = from.map_or(Ipv6Addr::UNSPECIFIED.into(), |address| address.0.ip());
    // a client that does not know yet that it needs a token has guessed none
    let guessed = matches!(reason, auth::Refusal::Invalid | auth::Refusal::Expired);
    if guessed && !shared.failures.may_fail(from) {
        return Err(Refusal::Attempts);
    }
    tracing::info!(%from, %reason, "refused");
    Err(Refusal::Token(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_allowed_names_are_our_own() {
        let allowed = [
            "mcp.example.com".to_owned(),
            "other.example.com:8443".to_owned(),
        ];
        let own = |host: &str| is_own(&host.parse().unwrap(), &allowed);
        for good in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:1",
            "[::1]:8080",
            "MCP.example.com",
            "mcp.example.com:9",
            "other.example.com:8443",
        ] {
            assert!(own(good), "{good}");
        }
        for bad in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "other.example.com",
            "other.example.com:1",
            "xmcp.example.com",
            "0.0.0.0:8080",
            "10.0.0.1",
        ] {
            assert!(!own(bad), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let allowed = [
            "https://app.example.com".to_owned(),
            "http://localhost:6274".to_owned(),
        ];
        let allows = |origin: &str| allows(&allowed, &HeaderValue::from_str(origin).unwrap());
        assert!(allows("https://app.example.com") && allows("https://app.example.com:443"));
        assert!(allows("http://localhost:6274"));
        for bad in [
            "null",
            "",
            "https://app.example.com:444",
            "http://app.example.com",
            "https://app.example.com.evil.example",
            "http://localhost:1",
            "data:text/html,x",
        ] {
            assert!(!allows(bad), "{bad}");
        }
    }

    #[test]
    fn a_host_is_one_and_no_more() {
        let mut headers = HeaderMap::new();
        assert!(host(&headers).is_none());
        headers.append(header::HOST, HeaderValue::from_static("localhost:1"));
        assert_eq!(host(&headers).unwrap().as_str(), "localhost:1");
        headers.append(header::HOST, HeaderValue::from_static("evil.example"));
        assert!(host(&headers).is_none());
        headers.insert(header::HOST, HeaderValue::from_static("user@localhost"));
        assert!(host(&headers).is_none());
    }

    #[test]
    fn wrong_tokens_run_out_for_a_network_not_for_its_neighbour() {
        let failures = Failures::new();
        let from: IpAddr = "2001:db8::1".parse().unwrap();
        let same: IpAddr = "2001:db8::ffff:2".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let failed = (0..50).filter(|_| failures.may_fail(from)).count();
        assert!((20..25).contains(&failed), "{failed}");
        assert!(!failures.may_fail(same));
        assert!(failures.may_fail(other));
    }
}
