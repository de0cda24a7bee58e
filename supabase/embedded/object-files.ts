import { createHash, randomUUID } from "node:crypto";
import { copyFile, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { App } from "@supabase/lite";

type Adapter = NonNullable<App["_storageAdapter"]>;
type Upload = Parameters<Adapter["uploadObject"]>[3];
type Metadata = Awaited<ReturnType<Adapter["headObject"]>>;

interface Sidecar {
  readonly mimetype: string;
  readonly cacheControl: string;
  readonly eTag: string;
}

/**
 * Keeps Storage's bytes in a folder. File names are hashes of bucket and key, so no key can point outside it, and a
 * new content replaces the old one in one rename.
 */
export function createObjectFiles(folder: string): Adapter {
  const pathOf = (bucket: string, key: string) => {
    const name = createHash("sha256").update(`${bucket}\0${key}`).digest("hex");
    return join(folder, name.slice(0, 2), name);
  };

  async function head(bucket: string, key: string): Promise<Metadata> {
    const path = pathOf(bucket, key);
    const [file, sidecar] = await Promise.all([stat(path), readSidecar(path)]);
    return { ...sidecar, contentLength: file.size, size: file.size, lastModified: file.mtime };
  }

  return {
    driver: undefined,
    headObject: head,
    async getObject(bucket, key, _version, headers) {
      const metadata = await head(bucket, key);
      if (headers?.ifNoneMatch === metadata.eTag) return { metadata, httpStatusCode: 304 };
      const path = pathOf(bucket, key);
      const range = parseRange(headers?.range, metadata.size);
      const file = await open(path);
      const body = Readable.toWeb(file.createReadStream(range ?? {}));
      if (!range) return { metadata, httpStatusCode: 200, body };
      const contentLength = range.end - range.start + 1;
      const contentRange = `bytes ${range.start}-${range.end}/${metadata.size}`;
      return { metadata: { ...metadata, contentLength, contentRange }, httpStatusCode: 206, body };
    },
    async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
      const path = pathOf(bucket, key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const part = `${path}.${randomUUID()}`;
      const eTag = await writeBody(part, body);
      await writeFile(`${path}.json`, JSON.stringify({ mimetype, cacheControl, eTag }), { mode: 0o600 });
      await rename(part, path);
      return head(bucket, key);
    },
    async deleteObject(bucket, key) {
      const path = pathOf(bucket, key);
      await Promise.all([rm(path, { force: true }), rm(`${path}.json`, { force: true })]);
    },
    async deleteObjects(bucket, keys) {
      await Promise.all(keys.map((key) => this.deleteObject(bucket, key, undefined)));
    },
    async copyObject(fromBucket, fromKey, _fromVersion, toBucket, toKey) {
      const from = pathOf(fromBucket, fromKey);
      const to = pathOf(toBucket, toKey);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await copyFile(`${from}.json`, `${to}.json`);
      await copyFile(from, to);
      const { eTag, lastModified } = await head(toBucket, toKey);
      return { httpStatusCode: 200, eTag, ...(lastModified ? { lastModified } : {}) };
    },
    async privateAssetUrl(bucket, key) {
      return `file://${pathOf(bucket, key)}`;
    },
  };
}

async function writeBody(path: string, body: Upload): Promise<string> {
  const hash = createHash("md5");
  const source = body instanceof Uint8Array ? Readable.from([body]) : Readable.from(body);
  const file = await open(path, "wx", 0o600);
  await pipeline(
    source,
    async function* (chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    file.createWriteStream(),
  );
  return `"${hash.digest("hex")}"`;
}

async function readSidecar(path: string): Promise<Sidecar> {
  return JSON.parse(await readFile(`${path}.json`, "utf8"));
}

function parseRange(header: string | undefined, size: number) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? "");
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = Math.min(match[2] ? Number(match[2]) : size - 1, size - 1);
  return start <= end ? { start, end } : undefined;
}
