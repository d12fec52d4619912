//! What the host has and no attack may reach: listeners on loopback, a file, a secret in the
//! environment. Each attack gets its own, so that a touch is known to be its own.

use std::{
    io::{ErrorKind, Write},
    net::{TcpListener, UdpSocket},
    os::unix::{fs::MetadataExt, net::UnixListener},
};

use serde_json::json;

/// The environment variable that no sandbox may show. `main` sets it before anything else.
pub(crate) const SECRET: &str = "SEAWORTHY_CONTRACT_SECRET";

/// A name that nobody can know beforehand.
pub(crate) fn unguessable() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// The bait of one attack.
pub(crate) struct Bait {
    tcp4: TcpListener,
    tcp6: Option<TcpListener>,
    udp: UdpSocket,
    local: UnixListener,
    /// An abstract Unix socket, which has no place in any file system.
    #[cfg(target_os = "linux")]
    nameless: UnixListener,
    folder: tempfile::TempDir,
    secret: String,
    name: String,
}

fn says<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> String {
    move |error| format!("{what}: {error}")
}

impl Bait {
    /// Opens everything.
    pub(crate) fn set() -> Result<Self, String> {
        let folder = tempfile::Builder::new()
            .prefix("seaworthy-bait-")
            .tempdir()
            .map_err(says("folder"))?;
        // anybody may read it: only the sandbox stands between
        let open = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode;
        std::fs::set_permissions(folder.path(), open(0o755)).map_err(says("permissions"))?;
        let name = unguessable().map_err(says("entropy"))?;
        let secret = crate::environment(SECRET).ok_or("the secret is not set")?;
        let mut file =
            std::fs::File::create(folder.path().join("host.txt")).map_err(says("file"))?;
        file.write_all(secret.as_bytes()).map_err(says("file"))?;
        let local = folder.path().join("host.sock");
        let bait = Self {
            tcp4: TcpListener::bind("127.0.0.1:0").map_err(says("IPv4"))?,
            // a machine may have no IPv6; the attack then finds nobody, as in a sandbox
            tcp6: TcpListener::bind("[::1]:0").ok(),
            udp: UdpSocket::bind("127.0.0.1:0").map_err(says("UDP"))?,
            local: UnixListener::bind(&local).map_err(says("Unix"))?,
            #[cfg(target_os = "linux")]
            nameless: {
                use std::os::linux::net::SocketAddrExt;
                let address = std::os::unix::net::SocketAddr::from_abstract_name(&name)
                    .map_err(says("abstract"))?;
                UnixListener::bind_addr(&address).map_err(says("abstract"))?
            },
            folder,
            secret,
            name,
        };
        std::fs::set_permissions(&local, open(0o777)).map_err(says("permissions"))?;
        bait.tcp4.set_nonblocking(true).map_err(says("IPv4"))?;
        if let Some(listener) = &bait.tcp6 {
            listener.set_nonblocking(true).map_err(says("IPv6"))?;
        }
        bait.udp.set_nonblocking(true).map_err(says("UDP"))?;
        bait.local.set_nonblocking(true).map_err(says("Unix"))?;
        #[cfg(target_os = "linux")]
        bait.nameless
            .set_nonblocking(true)
            .map_err(says("abstract"))?;
        Ok(bait)
    }

    /// `BAIT = {...}`: where everything is. The secret is in two halves, so that the code itself,
    /// wherever it lies, is not taken for a leak.
    pub(crate) fn python(&self) -> String {
        let port =
            |listener: &TcpListener| listener.local_addr().map_or(0, |address| address.port());
        let passwd =
            std::fs::metadata("/etc/passwd").map_or((0, 0), |file| (file.dev(), file.ino()));
        let (first, second) = self.secret.split_at(self.secret.len() / 2);
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let bait = json!({
            "tcp4": port(&self.tcp4),
            "tcp6": self.tcp6.as_ref().map_or(1, port),
            "udp": self.udp.local_addr().map_or(0, |address| address.port()),
            "abstract": self.name,
            "unix": self.folder.path().join("host.sock"),
            "file": self.folder.path().join("host.txt"),
            "secret": [first, second],
            "variable": SECRET,
            "pid": std::process::id(),
            "host": host.trim(),
            "passwd": [passwd.0, passwd.1],
        });
        format!("BAIT = {bait}")
    }

    /// Whether nothing arrived at any listener.
    pub(crate) fn untouched(&self) -> Result<(), String> {
        let mut touched = Vec::new();
        let mut look = |what, arrived: Result<(), std::io::Error>| match arrived {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            _ => touched.push(what),
        };
        look("IPv4", self.tcp4.accept().map(drop));
        if let Some(listener) = &self.tcp6 {
            look("IPv6", listener.accept().map(drop));
        }
        look("UDP", self.udp.recv_from(&mut [0; 64]).map(drop));
        look("Unix", self.local.accept().map(drop));
        #[cfg(target_os = "linux")]
        look("abstract Unix", self.nameless.accept().map(drop));
        if touched.is_empty() {
            return Ok(());
        }
        Err(format!(
            "OPEN: somebody reached the host's listener ({})",
            touched.join(", ")
        ))
    }
}
