// Preloaded into programs that can only listen on every interface: they listen on loopback.
const { Server } = require("node:net");

const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  if (typeof rest[0] === "string" || typeof port === "object") {
    return listen.call(this, port, ...rest);
  }
  return listen.call(this, port, "127.0.0.1", ...rest.filter((argument) => typeof argument === "function"));
};
