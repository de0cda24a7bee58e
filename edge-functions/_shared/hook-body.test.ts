import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseHookBody, readHookBody } from "./hook-body.ts";
import { HttpError } from "./responses.ts";

const utf8 = new TextEncoder();

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
}

describe("S-21 a body passes only as what the hook declares", () => {
  const bodies: [name: string, bytes: Uint8Array][] = [
    ["an object", utf8.encode('{"a":1}')],
    ["a list", utf8.encode("[1]")],
    ["a number", utf8.encode("7")],
    ["a form", utf8.encode("a=1&b=2")],
    ["a form that names a file", utf8.encode("files[0][path]=/etc/passwd")],
    ["text", utf8.encode("hello there")],
    ["a page", utf8.encode("<html></html>")],
    [
      "an upload",
      utf8.encode(
        '--x\r\nContent-Disposition: form-data; name="f"; filename="/etc/passwd"\r\n\r\n1\r\n--x--',
      ),
    ],
    ["broken JSON", utf8.encode('{"a":')],
    ["bytes that are no text", Uint8Array.of(0xff, 0xfe, 0x00)],
    ["text with a zero byte", utf8.encode("a\u0000b")],
    ["nothing", new Uint8Array()],
  ];
  const types = [
    "application/json",
    "application/json; charset=utf-8",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/html",
    "application/xml",
    "application/octet-stream",
    "application/json, text/plain",
    "",
    null,
  ];
  const passing = (accepts: string) =>
    bodies.flatMap(([name, bytes]) =>
      types.flatMap((type) =>
        typeof outcome(() => [parseHookBody(accepts, type, bytes)]) === "number"
          ? []
          : [`${name} as ${type}`],
      ),
    );

  test("JSON", () => {
    expect(passing("json")).toEqual([
      "an object as application/json",
      "an object as application/json; charset=utf-8",
      "a list as application/json",
      "a list as application/json; charset=utf-8",
      "a number as application/json",
      "a number as application/json; charset=utf-8",
    ]);
  });
  test("a form", () => {
    expect(passing("form")).toEqual([
      "a form as application/x-www-form-urlencoded",
      "a form that names a file as application/x-www-form-urlencoded",
      "nothing as application/x-www-form-urlencoded",
    ]);
    expect(parseHookBody("form", "application/x-www-form-urlencoded", bodies[4]![1])).toEqual({
      "files[0][path]": "/etc/passwd",
    });
  });
  test("text", () => {
    expect(passing("text")).toEqual(
      [
        "an object",
        "a list",
        "a number",
        "a form",
        "a form that names a file",
        "text",
        "a page",
        "an upload",
        "broken JSON",
        "nothing",
      ].map((name) => `${name} as text/plain`),
    );
  });
});

test("values keep their kind, and escapes of emoji and zero bytes are taken care of", () => {
  const parse = (text: string) => parseHookBody("json", "application/json", utf8.encode(text));
  expect(parse('{"a":null,"b":false,"c":0,"d":""}')).toEqual({ a: null, b: false, c: 0, d: "" });
  expect(parse('"\\ud83d\\ude00"')).toBe("😀");
  expect(parse('"a\\u0000b"')).toBe("a\ufffdb");
  expect(outcome(() => parse('{"__proto__":{"a":1}}'))).toBe(400);
});

const request = (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  new Request("http://hooks.example/", { method: "POST", body, headers });

describe("S-27 the limit", () => {
  test("lets through what is exactly as large", async () => {
    expect((await readHookBody(request(new Uint8Array(1_000)), 1_000)).byteLength).toBe(1_000);
    await expect(readHookBody(request(new Uint8Array(1_001)), 1_000)).rejects.toMatchObject({ status: 413 });
  });
  test("counts what is unpacked: 50 MB of zeros are cut at 1 MB", async () => {
    const packed = Uint8Array.from(gzipSync(new Uint8Array(50_000_000)));
    expect(packed.byteLength).toBeLessThan(60_000);
    await expect(
      readHookBody(request(packed, { "content-encoding": "gzip" }), 1_048_576),
    ).rejects.toMatchObject({ status: 413 });
  });
  test("an honest packed body is unpacked", async () => {
    const packed = Uint8Array.from(gzipSync(utf8.encode('{"a":1}')));
    expect(
      new TextDecoder().decode(await readHookBody(request(packed, { "content-encoding": "gzip" }), 100)),
    ).toBe('{"a":1}');
  });
  test("a packing that is none, or unknown, is refused", async () => {
    await expect(
      readHookBody(request(utf8.encode("x"), { "content-encoding": "gzip" }), 100),
    ).rejects.toMatchObject({ status: 400 });
    await expect(
      readHookBody(request(utf8.encode("x"), { "content-encoding": "br" }), 100),
    ).rejects.toMatchObject({ status: 415 });
  });
});
