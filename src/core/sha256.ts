// SHA-256 without anything from the host: the pure ring has no crypto, and a page has none that answers at once. In Chromium it takes half
// the time of the library elsewhere in use, whose state is kept in numbers too large for the engine's small integers. Source: FIPS 180-4

/** The first `count` primes' roots as 32-bit fractions. */
function fractions(count: number, root: number): Int32Array {
  const values: number[] = [];
  for (let n = 2; values.length < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (prime) values.push((n ** (1 / root) * 0x1_0000_0000) | 0);
  }
  return Int32Array.from(values);
}

const constants = fractions(64, 3);
const start = fractions(8, 2);
const state = new Int32Array(8);
const words = new Int32Array(64);
const end = new DataView(new ArrayBuffer(128));

/** The view of the buffer hashed last: a thousand texts are often written to one. */
let view: DataView<ArrayBufferLike> = end;

/** Digest of bytes: 64 lower-case hex characters. */
export function sha256Hex(bytes: Uint8Array): string {
  if (view.buffer !== bytes.buffer) view = new DataView(bytes.buffer);
  state.set(start);
  const rest = bytes.length % 64;
  const blocksEnd = bytes.byteOffset + bytes.length - rest;
  for (let offset = bytes.byteOffset; offset < blocksEnd; offset += 64) addBlock(view, offset);
  addEnd(bytes, rest);
  let text = "";
  for (const word of state) text += (word >>> 0).toString(16).padStart(8, "0");
  return text;
}

/** The bytes that fill no block, a bit that ends them, and their length in bits. */
function addEnd(bytes: Uint8Array, rest: number): void {
  const size = rest < 56 ? 64 : 128;
  for (let n = 0; n < rest; n++) end.setUint8(n, bytes[bytes.length - rest + n] ?? 0);
  end.setUint8(rest, 0x80);
  for (let n = rest + 1; n < size - 8; n++) end.setUint8(n, 0);
  end.setUint32(size - 8, Math.floor(bytes.length / 0x2000_0000));
  end.setUint32(size - 4, bytes.length << 3);
  addBlock(end, 0);
  if (size === 128) addBlock(end, 64);
}

/** Written out and with its lists at hand: a function per rotation or an array taken apart per round cost several times as much. */
function addBlock(from: DataView, offset: number): void {
  const [w, k] = [words, constants];
  for (let n = 0; n < 16; n++) w[n] = from.getInt32(offset + n * 4);
  for (let n = 16; n < 64; n++) {
    const x = at(w, n - 15);
    const y = at(w, n - 2);
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[n] = (low + at(w, n - 16) + at(w, n - 7) + high) | 0;
  }
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let n = 0; n < 64; n++) {
    const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + high + ((e & f) ^ (~e & g)) + at(k, n) + at(w, n)) | 0;
    const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  add(0, a);
  add(1, b);
  add(2, c);
  add(3, d);
  add(4, e);
  add(5, f);
  add(6, g);
  add(7, h);
}

function at(list: Int32Array, n: number): number {
  return list[n] ?? 0;
}

function add(n: number, value: number): void {
  state[n] = at(state, n) + value;
}
