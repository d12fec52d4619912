// Preloaded into programs that must talk to nothing but loopback: whatever else they try fails,
// and its host is written to the file that LOOPBACK_REFUSED names.
const { appendFileSync } = require("node:fs");
const dns = require("node:dns");
const { syncBuiltinESMExports } = require("node:module");
const { Socket } = require("node:net");

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

function refuse(host) {
  appendFileSync(process.env.LOOPBACK_REFUSED, `${host}\n`);
  return Object.assign(new Error(`${host} is not loopback`), { code: "EACCES" });
}

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...given) {
  // (options, callback), (port, host, callback), or both already made into one array
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  const options = typeof first === "object" ? first : { port: first, host: typeof second === "string" ? second : undefined };
  const host = options.path ?? options.host ?? "localhost";
  if (LOOPBACK.includes(host)) return connect.apply(this, given);
  const error = refuse(host);
  process.nextTick(() => this.destroy(error));
  return this;
};

for (const name of Object.keys(dns).filter((name) => /^(lookup|resolve)/.test(name))) {
  const ask = dns[name];
  const promised = dns.promises[name];
  dns[name] = (host, ...rest) => (LOOPBACK.includes(host) ? ask(host, ...rest) : rest.at(-1)(refuse(host)));
  if (promised) {
    dns.promises[name] = (host, ...rest) => (LOOPBACK.includes(host) ? promised(host, ...rest) : Promise.reject(refuse(host)));
  }
}
syncBuiltinESMExports();
