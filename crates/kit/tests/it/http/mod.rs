//! Attacks on the HTTP transport and its authentication, over sockets of loopback.
//!
//! [`served`] is a server with a few principals, [`wire`] a client that sends whatever it is told
//! to: a well-behaved one would refuse. One file for each concern. To add an attack, put it where
//! the check that must hold is tested; every wait is bounded by [`wire::PATIENCE`].

mod admission;
mod algorithms;
mod body;
mod connections;
mod cors;
mod hosts;
mod issuer;
mod key_set;
mod load;
mod logs;
mod oidc;
mod scope;
mod served;
mod session;
mod shared;
mod smuggling;
mod states;
mod tls;
mod tokens;
mod wire;
