//! What works once and was used: in this process's memory, or in a store that replicas share.
//!
//! A replica that cannot reach the shared store uses nothing up and so confirms nothing: a token
//! that might have been used elsewhere is as good as used.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use redis::{
    Client, ExistenceCheck, SetExpiry, SetOptions,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::sync::OnceCell;

use crate::audit::{hex, now};

/// How long the shared store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// What keys in the shared store begin with.
const PREFIX: &str = "seaworthy:spent:";

/// Whether a token could be used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It was not used before, and is now.
    First,
    /// It was used before.
    Again,
    /// The shared store did not say.
    Unknown,
}

/// The address of a shared store cannot be used. Says nothing of it, for it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no address of a Redis or Valkey server (redis://HOST:PORT/DB or rediss://...)")]
pub struct NoStore;

enum Store {
    Memory(Mutex<HashMap<Vec<u8>, u64>>),
    Shared(Box<Shared>),
}

struct Shared {
    client: Client,
    connection: OnceCell<ConnectionManager>,
}

/// Tokens that were used, kept until they would have expired.
pub struct Spent(Store);

impl Default for Spent {
    fn default() -> Self {
        Self(Store::Memory(Mutex::default()))
    }
}

impl std::fmt::Debug for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Store::Memory(_) => "Spent(memory)",
            Store::Shared(_) => "Spent(shared)",
        })
    }
}

impl Spent {
    /// In the Redis or Valkey server at `address`. Nothing is connected before the first use.
    ///
    /// # Errors
    /// It is no such address.
    pub fn shared(address: &str) -> Result<Self, NoStore> {
        // an error means that a provider is installed already, which is as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::open(address).map_err(|_| NoStore)?;
        let connection = OnceCell::new();
        Ok(Self(Store::Shared(Box::new(Shared { client, connection }))))
    }

    /// Uses `nonce` up, which is good until `expires` (seconds since the epoch).
    pub(crate) async fn spend(&self, nonce: &[u8], expires: u64) -> Use {
        match &self.0 {
            Store::Memory(spent) => {
                let mut spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
                let now = now();
                spent.retain(|_, expires| *expires >= now);
                match spent.insert(nonce.to_vec(), expires) {
                    None => Use::First,
                    Some(_) => Use::Again,
                }
            }
            Store::Shared(shared) => match shared.spend(nonce, expires).await {
                Ok(true) => Use::First,
                Ok(false) => Use::Again,
                Err(error) => {
                    // the category alone: an address may hold a password
                    let problem = error.category();
                    tracing::warn!(problem, "the shared store does not answer");
                    Use::Unknown
                }
            },
        }
    }
}

impl Shared {
    /// Whether `nonce` was used up now, and not before.
    async fn spend(&self, nonce: &[u8], expires: u64) -> redis::RedisResult<bool> {
        let connect = || async {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE))
                .set_number_of_retries(1);
            ConnectionManager::new_lazy_with_config(self.client.clone(), config)
        };
        let connection = self.connection.get_or_try_init(connect).await?;
        let options = SetOptions::default()
            .conditional_set(ExistenceCheck::NX)
            // a little longer than the token, for clocks that differ
            .with_expiration(SetExpiry::EX(expires.saturating_sub(now()) + 60));
        let mut command = redis::cmd("SET");
        let key = format!("{PREFIX}{}", hex(nonce));
        command.arg(key).arg(1).arg(options);
        let set: Option<String> = command.query_async(&mut connection.clone()).await?;
        Ok(set.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn spent_tokens_are_forgotten_once_they_have_expired() {
        let spent = Spent::default();
        assert_eq!(spent.spend(&[1], now() - 1).await, Use::First);
        assert_eq!(spent.spend(&[2], now() + 60).await, Use::First);
        assert_eq!(spent.spend(&[2], now() + 60).await, Use::Again);
        let Store::Memory(kept) = &spent.0 else {
            panic!("memory")
        };
        assert_eq!(kept.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_store_that_is_not_there_uses_nothing_up() {
        // a port that was free a moment ago
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let spent = Spent::shared(&format!("redis://:hunter2@127.0.0.1:{port}")).unwrap();
        assert!(!format!("{spent:?}").contains("hunter2"));
        assert_eq!(spent.spend(&[1], now() + 60).await, Use::Unknown);
    }

    #[test]
    fn an_address_is_one_of_a_redis_server() {
        for bad in ["", "localhost", "http://localhost:6379", "redis//x"] {
            assert_eq!(Spent::shared(bad).unwrap_err(), NoStore, "{bad}");
        }
    }
}
