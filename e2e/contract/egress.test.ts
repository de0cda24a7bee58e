import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllowList } from "../../edge-functions/_shared/addresses.ts";
import { Egress } from "../../edge-functions/_shared/egress.ts";
import { innerAddresses as vectors } from "../servers/inner-addresses.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";
import { failureOf } from "../servers/outside.ts";

let server: HttpServer;
let closed: Egress;

beforeAll(async () => {
  server = await startHttpServer();
  closed = new Egress({ allow: parseAllowList("") });
});
afterAll(async () => {
  await closed.close();
  await server.close();
});

describe("the egress door", () => {
  it(`refuses all ${vectors.length} ways to write an inner address, and nobody is contacted`, async () => {
    expect(vectors.length).toBeGreaterThanOrEqual(60);
    const let_through: string[] = [];
    for (const vector of vectors) {
      const said = await failureOf(
        closed.send(vector.replace("PORT", String(server.port)), { redirects: 5 }),
      );
      if (said !== "policy/egress_denied") let_through.push(`${vector} → ${said}`);
    }
    expect(let_through).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  it("refuses names that resolve to an inner address, even beside a public one", async () => {
    for (const addresses of [
      ["127.0.0.1"],
      ["93.184.215.14", "10.0.0.1"],
      ["::ffff:127.0.0.1"],
      ["fd00::1"],
    ]) {
      const egress = new Egress({ allow: parseAllowList(""), resolve: () => Promise.resolve(addresses) });
      expect(await failureOf(egress.send(`http://inner.test:${server.port}/echo`, {}))).toBe(
        "policy/egress_denied",
      );
      await egress.close();
    }
    expect(server.asked).toEqual([]);
  });

  it("dials the address it checked: a name that changes its mind reaches nothing", async () => {
    let asked = 0;
    const resolve = () => Promise.resolve([asked++ % 2 === 0 ? "203.0.113.7" : "127.0.0.1"]);
    const egress = new Egress({ allow: parseAllowList(`203.0.113.7`), resolve });
    const signal = AbortSignal.timeout(100);
    await Promise.allSettled(
      Array.from({ length: 50 }, () => egress.send(`http://rebind.test:${server.port}/echo`, { signal })),
    );
    await egress.close();
    expect(asked).toBe(50);
    expect(server.asked).toEqual([]);
  });

  it("reaches what the operator allowed, by address, name, range and port", async () => {
    const lists = [
      "127.0.0.1",
      `127.0.0.1:${server.port}`,
      "127.0.0.0/8",
      "*",
      `inner.test:${server.port}`,
      "inner.test",
    ];
    for (const list of lists) {
      const egress = new Egress({
        allow: parseAllowList(list),
        resolve: () => Promise.resolve(["127.0.0.1"]),
      });
      const { response } = await egress.send(`http://inner.test:${server.port}/status/200`, {});
      expect([list, response.status]).toEqual([list, 200]);
      await response.body?.cancel();
      await egress.close();
    }
    const other = new Egress({ allow: parseAllowList(`127.0.0.1:${server.port + 1}, 10.0.0.0/8`) });
    expect(await failureOf(other.send(`${server.url}/echo`, {}))).toBe("policy/egress_denied");
    await other.close();
  });

  it("names an entry of the allow-list it cannot read", () => {
    expect(() => parseAllowList("127.0.0.1, what is this")).toThrow('"what is this"');
  });

  it("checks every redirect like the first address", async () => {
    const outer = await startHttpServer();
    const egress = new Egress({ allow: parseAllowList(`127.0.0.1:${outer.port}`) });
    const before = server.asked.length;
    for (const to of [
      `${server.url}/echo`,
      `http://localhost:${server.port}/`,
      "http://169.254.169.254/",
      "file:///etc/passwd",
      `//[::1]:${server.port}/`,
    ]) {
      const address = `${outer.url}/redirect?to=${encodeURIComponent(to)}`;
      expect([to, await failureOf(egress.send(address, { redirects: 5 }))]).toEqual([
        to,
        "policy/egress_denied",
      ]);
    }
    expect(server.asked.length).toBe(before);
    await egress.close();
    await outer.close();
  });

  it("follows no more redirects than allowed", async () => {
    const egress = new Egress({ allow: parseAllowList("127.0.0.1") });
    const before = server.asked.length;
    expect(await failureOf(egress.send(`${server.url}/loop`, { redirects: 3 }))).toBe(
      "permanent/too_many_redirects",
    );
    expect(server.asked.length - before).toBe(4);
    await egress.close();
  });

  it("drops credentials when a redirect leaves the origin, and keeps them when it does not", async () => {
    const other = await startHttpServer();
    const egress = new Egress({ allow: parseAllowList("127.0.0.1") });
    const headers = { Authorization: "Bearer t", Cookie: "a=b", "X-Key": "k", "X-Plain": "p" };
    const away = `${server.url}/redirect?to=${encodeURIComponent(`${other.url}/echo`)}`;
    const { response } = await egress.send(away, { headers, redirects: 1 }, ["x-key"]);
    await response.body?.cancel();
    expect(other.asked[0]?.headers).toMatchObject({ "x-plain": "p" });
    expect(Object.keys(other.asked[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["authorization"]));
    expect(
      Object.keys(other.asked[0]?.headers ?? {}).filter((name) => /cookie|x-key|authorization/.test(name)),
    ).toEqual([]);
    const home = await egress.send(`${server.url}/redirect?to=/echo`, { headers, redirects: 1 }, ["x-key"]);
    await home.response.body?.cancel();
    expect(server.asked.at(-1)?.headers).toMatchObject({ authorization: "Bearer t", "x-key": "k" });
    await egress.close();
    await other.close();
  });

  it("turns a POST into a GET on 303 and repeats it on 307", async () => {
    const egress = new Egress({ allow: parseAllowList("127.0.0.1") });
    for (const [code, method, body] of [
      ["303", "GET", ""],
      ["307", "POST", "hi"],
    ] as const) {
      const { response } = await egress.send(`${server.url}/redirect?code=${code}&to=/echo`, {
        method: "POST",
        body: "hi",
        redirects: 1,
      });
      await response.body?.cancel();
      expect(server.asked.at(-1)).toMatchObject({ method, body });
    }
    await egress.close();
  });

  it("refuses 1,000 headers with line breaks, NUL or impossible names", async () => {
    const breaks = ["\r\n", "\n", "\r", "\0", "\u2028", "\u0001", "é\u0100", "\x7f"];
    const before = server.asked.length;
    let refused = 0;
    const egress = new Egress({ allow: parseAllowList("*") });
    for (let n = 0; n < 1_000; n++) {
      const bad = breaks[n % breaks.length] ?? "";
      const at = n % 17;
      const text = `${"a".repeat(at)}${bad}X-Injected: 1`;
      const headers = n % 3 === 0 ? { [`X-${text}`]: "v" } : { "X-Test": text };
      if ((await failureOf(egress.send(`${server.url}/echo`, { headers }))) === "validation/header_invalid")
        refused++;
    }
    expect(refused).toBe(1_000);
    expect(server.asked.length).toBe(before);
    await egress.close();
  });

  it("refuses a user name in the address, and plain http where credentials travel", async () => {
    expect(await failureOf(closed.send("https://user:pass@example.com/", {}))).toBe("validation/url_invalid");
    expect(await failureOf(closed.send("http://example.com/", { secureOnly: true }))).toBe(
      "policy/egress_denied",
    );
    expect(await failureOf(closed.send("example.com", {}))).toBe("validation/url_invalid");
  });

  it("names what went wrong on the way", async () => {
    const egress = new Egress({
      allow: parseAllowList("*"),
      resolve: (host) =>
        host === "unknown.test" ? Promise.reject(new Error("ENOTFOUND")) : Promise.resolve(["127.0.0.1"]),
    });
    const silent = createServer((socket) => socket.end("\x15\x03\x01"));
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    const port = (silent.address() as { port: number }).port;
    const free = await startHttpServer();
    await free.close();
    expect(await failureOf(egress.send("http://unknown.test/", {}))).toBe("transient/network");
    expect(await failureOf(egress.send(`${free.url}/`, {}))).toBe("transient/network");
    expect(await failureOf(egress.send(`${server.url}/reset`, {}))).toBe("transient/network");
    expect(await failureOf(egress.send(`${server.url}/garbage`, {}))).toBe("permanent/http_invalid");
    expect(await failureOf(egress.send(`https://tls.test:${port}/`, {}))).toMatch(
      /^(permanent\/tls_invalid|transient\/network)$/,
    );
    silent.close();
    await egress.close();
  });
});
