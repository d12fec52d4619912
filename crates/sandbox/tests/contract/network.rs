//! There is no network: no way out, no way to the host's loopback, no sockets of any odd family.
//!
//! Where an attack aims outside, it aims at addresses that are kept for documentation.

use crate::attack::{Attack, blocked};

pub(crate) const ATTACKS: &[Attack] = &[
    blocked("abstract_unix", r#"
import_socket = lambda: __import__("socket")
def connect():
    socket = import_socket()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(3)
        s.connect("\0" + BAIT["abstract"])
        return "connected"
attempt("the host's abstract socket", connect)
"#).opens(),
    blocked("dns", r#"
def look_up():
    import socket
    return socket.getaddrinfo("seaworthy.invalid.example.com", 80)
attempt("getaddrinfo", look_up)
def by_hand(server):
    import socket
    query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.connect((server, 53))
        s.send(query)
        return s.recv(512)
for server in ["127.0.0.1", "127.0.0.11", "127.0.0.53", "192.0.2.53"]:
    attempt("DNS at " + server, lambda: by_hand(server))
"#),
    blocked("docker_sock", r#"
def connect(path):
    import socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(3)
        s.connect(path)
        s.sendall(b"GET /version HTTP/1.0\r\n\r\n")
        return s.recv(100)
for path in ["/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock",
             "/run/containerd/containerd.sock", "/run/user/0/podman/podman.sock",
             "/run/dbus/system_bus_socket", "/run/systemd/private"]:
    attempt(path, lambda: connect(path))
"#),
    blocked("families", r#"
# each family is a part of the kernel that no sandboxed code needs
import socket
families = {"AF_ALG": 38, "AF_KEY": 15, "AF_BLUETOOTH": 31, "AF_CAN": 29, "AF_TIPC": 30,
            "AF_RDS": 21, "AF_XDP": 44, "AF_SMC": 43, "AF_KCM": 41, "AF_RXRPC": 33, "AF_PPPOX": 24,
            "AF_X25": 9, "AF_AX25": 3, "AF_LLC": 26, "AF_PHONET": 35, "AF_NFC": 39, "AF_QIPCRTR": 42}
for name, number in families.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        try:
            socket.socket(number, kind).close()
        except (OSError, ImportError):
            continue
        say("OPEN", name, kind)
say("BLOCKED", "odd families")
"#).or(&[seaworthy_sandbox::Ending::Error]),
    blocked("http", r#"
def fetch(url):
    import urllib.request
    return urllib.request.urlopen(url, timeout=3).status
attempt("urllib to the host", lambda: fetch(f"http://127.0.0.1:{BAIT['tcp4']}/"))
def client():
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", BAIT["tcp4"], timeout=3)
    connection.connect()
    return "connected"
attempt("http.client to the host", client)
def tls():
    import ssl, socket
    return ssl.create_default_context().wrap_socket(
        socket.create_connection(("192.0.2.1", 443), timeout=3), server_hostname="example.com")
attempt("TLS", tls)
def loop():
    import asyncio
    async def go():
        await asyncio.wait_for(asyncio.open_connection("127.0.0.1", BAIT["tcp4"]), 3)
    asyncio.run(go())
attempt("asyncio", loop)
"#),
    blocked("ipv4", r#"
def connect(address):
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(4)
        try:
            s.connect((address, 80))
        except TimeoutError:
            return "a packet left"
        return "connected"
for address in ["192.0.2.1", "198.51.100.1", "203.0.113.1", "10.0.0.1", "172.17.0.1", "192.168.0.1"]:
    attempt(address, lambda: connect(address))
"#),
    blocked("ipv6", r#"
def connect(address, port):
    import socket
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
        s.settimeout(4)
        try:
            s.connect((address, port))
        except TimeoutError:
            return "a packet left"
        return "connected"
attempt("the host's loopback", lambda: connect("::1", BAIT["tcp6"]))
attempt("mapped IPv4", lambda: connect("::ffff:127.0.0.1", BAIT["tcp4"]))
attempt("outside", lambda: connect("2001:db8::1", 80))
attempt("metadata", lambda: connect("fd00:ec2::254", 80))
"#),
    blocked("link_local_metadata", r#"
def connect(address):
    import socket
    try:
        socket.create_connection((address, 80), timeout=4).close()
    except TimeoutError:
        return "a packet left"
    return "connected"
for address in ["169.254.169.254", "169.254.170.2", "100.100.100.200"]:
    attempt(address, lambda: connect(address))
"#),
    blocked("loopback", r#"
def connect(address):
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(3)
        s.connect((address, BAIT["tcp4"]))
        s.sendall(b"hello")
        return "connected"
for address in ["127.0.0.1", "0.0.0.0", "localhost", "host.docker.internal", "gateway.docker.internal"]:
    attempt(address, lambda: connect(address))
"#).opens(),
    blocked("loopback_scan", r#"
# services of the host on its loopback: a closed port answers at once, an open one is a hole
def scan():
    import socket
    found = []
    for port in [22, 25, 53, 80, 443, 631, 2375, 2376, 3306, 5432, 6379, 8080, 8443, 9200, 10250, BAIT["tcp4"]]:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        found.append(port)
    if not found:
        raise OSError("nobody listens")
    return found
attempt("ports", scan)
"#).opens(),
    blocked("netlink", r#"
def links():
    import socket, struct
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.bind((0, 0))
        s.send(struct.pack("=IHHIIBxxxI", 20, 18, 0x301, 1, 0, 0, 0))
        return len(s.recv(65536))
attempt("NETLINK_ROUTE", links)
def audit(protocol):
    import socket
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol).close()
    return "opened"
for protocol in (4, 9, 12, 15, 16):
    attempt(f"netlink {protocol}", lambda: audit(protocol))
"#).opens(),
    blocked("packet", r#"
def sniff(kind):
    import socket
    socket.socket(17, kind, socket.htons(3)).close()
    return "opened"
attempt("AF_PACKET raw", lambda: sniff(3))
attempt("AF_PACKET dgram", lambda: sniff(2))
"#),
    blocked("raw", r#"
def raw(family, protocol):
    import socket
    socket.socket(family, socket.SOCK_RAW, protocol).close()
    return "opened"
for family in (2, 10):
    for protocol in (1, 6, 17, 58, 255):
        attempt(f"raw {family} {protocol}", lambda: raw(family, protocol))
def ping():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as s:
        s.sendto(b"\x08\0\0\0\0\0\0\0", ("192.0.2.1", 0))
        return "sent"
attempt("ping", ping)
"#),
    blocked("udp", r#"
def ask(address, port):
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.connect((address, port))
        s.send(b"hello")
        return s.recv(10)
attempt("the host's loopback", lambda: ask("127.0.0.1", BAIT["udp"]))
def send():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        return s.sendto(b"hello", ("192.0.2.1", 9))
attempt("outside", send)
def shout():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        return s.sendto(b"hello", ("255.255.255.255", 9))
attempt("broadcast", shout)
def group():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        return s.sendto(b"hello", ("233.252.0.1", 9))
attempt("multicast", group)
"#),
    blocked("unix_path", r#"
def connect(path):
    import socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(3)
        s.connect(path)
        return "connected"
attempt("the host's socket", lambda: connect(BAIT["unix"]))
for root in ("/proc/1/root", "/proc/self/root", "/host", "/mnt", "/tmp/../.."):
    attempt("by " + root, lambda: connect(root + BAIT["unix"]))
"#).opens(),
    blocked("vsock", r#"
def connect(cid, port):
    import socket
    with socket.socket(40, socket.SOCK_STREAM) as s:
        s.settimeout(2)
        try:
            s.connect((cid, port))
        except TimeoutError:
            return "it was sent"
        return "connected"
for cid in (0, 1, 2):
    attempt(f"cid {cid}", lambda: connect(cid, 1024))
def create():
    import socket
    socket.socket(40, socket.SOCK_STREAM).close()
    return "created"
attempt("a socket of that family", create)
"#),
];
