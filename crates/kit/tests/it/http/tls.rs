//! TLS: certificates that are renewed, clients that speak no TLS, and those that stall.

use std::{path::Path, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, ProtocolVersion, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use seaworthy_kit::transport::http::Tls;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    served::{Served, call, people, start},
    wire::{PATIENCE, Wire, request},
};
use crate::tank::server;

/// Writes a new certificate for `localhost` and its key.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

struct Secured {
    served: Served,
    tls: Arc<Tls>,
    certificate: CertificateDer<'static>,
    folder: tempfile::TempDir,
}

/// A server by TLS that waits so long for a handshake.
async fn secured(patience: Duration) -> Secured {
    let folder = tempfile::tempdir().unwrap();
    let certificate = renew(folder.path());
    let [chain, key] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
    let tls = Arc::new(Tls::new(chain, key).unwrap());
    let impatient = |config: &mut seaworthy_kit::transport::http::Config| {
        config.limits.head = patience;
    };
    let served = start(server(), &people(), Some(tls.clone()), impatient).await;
    Secured {
        served,
        tls,
        certificate,
        folder,
    }
}

async fn connect(
    served: &Served,
    trusted: &CertificateDer<'static>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(served.address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn calls_go_by_tls_of_either_version() {
    let Secured {
        served,
        certificate,
        ..
    } = secured(PATIENCE).await;
    for (version, spoken) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let stream = connect(&served, &certificate, &[version]).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
        let mut wire = Wire::over(stream);
        let asked = served.post("mira", &call("noop", json!({})));
        assert_eq!(wire.ask(&asked).await.said(), "ok");
        let challenged = wire.ask(request("GET", "/mcp", &[], "")).await;
        let challenge = challenged.header("www-authenticate").unwrap();
        assert!(challenge.contains("\"https://localhost/"), "{challenge}");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_used_from_then_on() {
    let Secured {
        served,
        tls,
        certificate: old,
        folder,
    } = secured(PATIENCE).await;
    let asked = served.post("mira", &call("noop", json!({})));
    let mut open = Wire::over(connect(&served, &old, rustls::ALL_VERSIONS).await.unwrap());
    assert_eq!(open.ask(&asked).await.said(), "ok");
    let new = renew(folder.path());
    assert!(
        connect(&served, &new, rustls::ALL_VERSIONS).await.is_err(),
        "not read yet"
    );
    tls.reload().unwrap();
    assert_eq!(
        open.ask(&asked).await.said(),
        "ok",
        "who is connected stays so"
    );
    assert!(connect(&served, &old, rustls::ALL_VERSIONS).await.is_err());
    connect(&served, &new, rustls::ALL_VERSIONS).await.unwrap();

    // half a renewal: the key of another certificate, then no PEM, then nothing
    let key = folder.path().join("key.pem");
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    for broken in [
        stranger.signing_key.serialize_pem(),
        "x".to_owned(),
        String::new(),
    ] {
        std::fs::write(&key, broken).unwrap();
        assert!(tls.reload().is_err());
        connect(&served, &new, rustls::ALL_VERSIONS).await.unwrap();
    }
    std::fs::remove_file(&key).unwrap();
    let error = tls.reload().unwrap_err().to_string();
    assert!(error.contains("key.pem"), "{error}");
    connect(&served, &new, rustls::ALL_VERSIONS).await.unwrap();
}

#[tokio::test]
async fn what_is_no_tls_gets_no_answer_and_disturbs_nobody() {
    let Secured {
        served,
        certificate,
        ..
    } = secured(Duration::from_secs(1)).await;
    let plain = served.post("mira", &call("drain", json!({})));
    for bytes in [
        plain.as_bytes(),
        b"\x16\x03\x01\xff\xff",
        b"\0",
        &[0x80; 5_000],
    ] {
        let mut wire = served.wire().await;
        wire.send(bytes).await;
        // an alert at most, and nothing of HTTP
        assert!(wire.rest().await < 64);
    }
    // a handshake that stalls at its beginning, and one that stalls inside
    for begun in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00\x01"] {
        let mut wire = served.wire().await;
        wire.send(begun).await;
        assert!(wire.rest().await < 64);
    }
    assert_eq!(
        served
            .gauge
            .touched
            .load(std::sync::atomic::Ordering::SeqCst),
        0
    );
    let mut wire = Wire::over(
        connect(&served, &certificate, rustls::ALL_VERSIONS)
            .await
            .unwrap(),
    );
    let asked = served.post("mira", &call("noop", json!({})));
    assert_eq!(wire.ask(asked).await.said(), "ok");
}

#[tokio::test]
async fn a_stop_ends_connections_by_tls_too() {
    let Secured {
        served,
        certificate,
        ..
    } = secured(Duration::from_secs(1)).await;
    let mut open = Wire::over(
        connect(&served, &certificate, rustls::ALL_VERSIONS)
            .await
            .unwrap(),
    );
    let asked = served.post("mira", &call("noop", json!({})));
    assert_eq!(open.ask(asked).await.said(), "ok");
    let mut stalling = served.wire().await;
    served.stop.cancel();
    assert!(open.next().await.is_none());
    assert!(stalling.rest().await < 64);
    let ended = tokio::time::timeout(PATIENCE, served.ended).await;
    ended.expect("it ends").unwrap().unwrap();
}
