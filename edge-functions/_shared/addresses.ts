// Which network addresses a step may reach: public ones, and private ones the operator has named.
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Public by number, but it answers with a cloud machine's own secrets. */
const METADATA = new Set(["168.63.129.16"]);
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** True only for addresses of the public internet, written plainly: no mapped, translated or tunnelled forms. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  if (!address || address.range() !== "unicast" || METADATA.has(address.toString())) return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
}

/** What the operator allows beside public addresses. */
export interface AllowList {
  /** True when this address, asked for by this name and port, was allowed. */
  has(host: string, port: number, address: string): boolean;
  /** True when the name itself was allowed, whatever it resolves to. */
  hasName(host: string, port: number): boolean;
}

/**
 * Reads RUNBOARD_ALLOW_PRIVATE.
 * @param text comma list of `*`, CIDR ranges, `host`, `host:port` or `[v6]:port`
 * @throws Error naming an entry that is none of these
 */
export function parseAllowList(text: string): AllowList {
  const entries = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(parseEntry);
  const allows = (names: string[], port: number, address: Address | undefined) =>
    entries.some(
      (entry) =>
        entry.kind === "any" ||
        (entry.kind === "range" && address !== undefined && inRange(address, entry.range)) ||
        (entry.kind === "host" &&
          names.includes(entry.host) &&
          (entry.port === undefined || entry.port === port)),
    );
  return {
    has: (host, port, address) => allows([bareHost(host), bareHost(address)], port, parseAddress(address)),
    hasName: (host, port) => allows([bareHost(host)], port, parseAddress(bareHost(host))),
  };
}

type Entry =
  | { kind: "any" }
  | { kind: "range"; range: [Address, number] }
  | { kind: "host"; host: string; port: number | undefined };

function parseEntry(text: string): Entry {
  if (text === "*") return { kind: "any" };
  if (ipaddr.isValidCIDR(text)) return { kind: "range", range: ipaddr.parseCIDR(text) };
  if (ipaddr.isValid(text)) return { kind: "host", host: bareHost(text), port: undefined };
  const found = /^(\[[0-9a-fA-F:.]+\]|[^:/\s]+)(?::(\d{1,5}))?$/.exec(text);
  if (found?.[1] === undefined) {
    throw new Error(`RUNBOARD_ALLOW_PRIVATE: "${text}" is not *, a CIDR range, a host or host:port.`);
  }
  return {
    kind: "host",
    host: bareHost(found[1]),
    port: found[2] === undefined ? undefined : Number(found[2]),
  };
}

/** Lower case, without brackets and without the final dot. */
export function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}

function parseAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.parse(text) : undefined;
}

function inRange(address: Address, [base, bits]: [Address, number]): boolean {
  if (address instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && address.match(base, bits);
  return base instanceof ipaddr.IPv6 && address.match(base, bits);
}
