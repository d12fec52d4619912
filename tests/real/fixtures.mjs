// Serves the recordings of @octokit/fixtures on loopback; run from the folder that holds
// node_modules: node --input-type=module --eval THIS PORT.
//
// A recording answers exactly the requests that were made when it was recorded, in 2017. What we
// ask for differs in ways that mean the same to GitHub, and is put into the old words here:
//  * our media types were application/vnd.github.v3+json and application/vnd.github.v3.raw then;
//  * the defaults of parameters were not sent, nor an order, and pages were 3 issues long;
//  * lists of refs and the top folder were asked for with a slash at the end;
//  * some headers were written otherwise.
import fixtures from "@octokit/fixtures-server";
import express from "express";

const port = Number(process.argv.at(-1));
const app = express();

app.get("/ping", (_request, response) => response.json({ ok: true }));
app.use((request, _response, next) => {
  const headers = request.headers;
  const raw = (headers.accept ?? "").includes("raw");
  headers.accept = raw ? "application/vnd.github.v3.raw" : "application/vnd.github.v3+json";
  headers["accept-encoding"] = "gzip, compress, deflate, br";
  if (headers["content-type"]) headers["content-type"] = "application/json; charset=utf-8";
  if (request.method === "PUT") headers["content-length"] ??= "0";
  const [path, query = ""] = request.url.split("?");
  const size = path.includes("/repos/") ? "per_page=3" : "";
  const parameters = query
    .split("&")
    .map((parameter) => (parameter === "per_page=50" ? size : parameter))
    .filter((parameter) => !["", "state=open", "sort=updated", "per_page=100"].includes(parameter));
  const list = request.method === "GET" ? /\/(contents|git\/refs)$/ : /$^/;
  request.url = path.replace(list, "$&/") + (parameters.length ? `?${parameters.join("&")}` : "");
  request.originalUrl = request.url;
  next();
});
app.use(fixtures({ port, fixturesUrl: `http://127.0.0.1:${port}`, logLevel: "silent", ttl: 60_000 }));
app.listen(port, "127.0.0.1");
