// The suite cannot send credentials: add the Authorization header to whatever it sends.
import http from "node:http";
import {createRequire} from "node:module";

const authorization = `Bearer ${process.env.MCP_KEY}`;
const withKey = (headers) => {
  const merged = new Headers(headers ?? {});
  merged.set("authorization", authorization);
  return merged;
};
const originalFetch = globalThis.fetch;
globalThis.fetch = (input, init = {}) =>
  originalFetch(input, {...init, headers: withKey(init.headers ?? input.headers)});
const originalRequest = http.request;
http.request = (...args) => {
  const options = args.find((arg) => arg && typeof arg === "object" && !(arg instanceof URL));
  if (options) options.headers = {...options.headers, authorization};
  return originalRequest(...args);
};
const require = createRequire(process.argv[1]);
try {
  const undici = require("undici");
  const original = undici.request;
  undici.request = (url, options = {}) =>
    original(url, {...options, headers: {...options.headers, authorization}});
} catch {}
