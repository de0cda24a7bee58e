import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".map": "application/json",
  ".txt": "text/plain; charset=utf-8",
};

const COMPRESSIBLE = new Set([".html", ".js", ".css", ".json", ".svg", ".map", ".txt", ".wasm"]);
const HASHED = /-[\w-]{8,}\.\w+$/;
const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/**
 * Serves the built app: files as they are, every other path as `index.html` so that the browser's router decides.
 * Compressed bodies are kept in memory: there are a few dozen files and they do not change while serving.
 */
export function createStaticFiles(dir: string) {
  const compressed = new Map<string, Promise<Buffer>>();

  async function find(pathname: string): Promise<string | undefined> {
    const path = join(dir, normalize(`/${pathname}`));
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return path;
    if (extname(pathname) !== "") return undefined;
    const index = join(dir, "index.html");
    return (await stat(index).catch(() => undefined)) ? index : undefined;
  }

  function compress(path: string, encoding: "br" | "gzip"): Promise<Buffer> {
    const key = `${encoding} ${path}`;
    const known = compressed.get(key);
    if (known) return known;
    const made = readFile(path).then((text) =>
      encoding === "br" ? brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) : deflate(text),
    );
    compressed.set(key, made);
    return made;
  }

  /** Answers the request, or returns false when the app has no such file. */
  return async function serve(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    pathname: string,
  ): Promise<boolean> {
    const path = await find(pathname);
    if (path === undefined) return false;
    const extension = extname(path);
    outgoing.setHeader("content-type", TYPES[extension] ?? "application/octet-stream");
    outgoing.setHeader(
      "cache-control",
      HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
    );
    outgoing.setHeader("vary", "accept-encoding");
    if (incoming.method === "HEAD") {
      outgoing.end();
      return true;
    }
    const encoding = COMPRESSIBLE.has(extension) ? chooseEncoding(incoming) : undefined;
    if (encoding === undefined) {
      await pipeline(createReadStream(path), outgoing);
      return true;
    }
    const body = await compress(path, encoding);
    outgoing.setHeader("content-encoding", encoding);
    outgoing.setHeader("content-length", body.length);
    outgoing.end(body);
    return true;
  };
}

function chooseEncoding(incoming: IncomingMessage): "br" | "gzip" | undefined {
  const accepted = String(incoming.headers["accept-encoding"] ?? "");
  if (/\bbr\b/.test(accepted)) return "br";
  return /\bgzip\b/.test(accepted) ? "gzip" : undefined;
}
