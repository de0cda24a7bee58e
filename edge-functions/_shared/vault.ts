// Envelope encryption of the connections' secrets: the wrapping key never reaches the database.
import { z } from "zod";

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** What is stored: the secret under its own key, and that key under the installation's. All base64; AES-256-GCM. */
export const SealedSecret = z.strictObject({
  v: z.literal(1),
  ciphertext: base64,
  iv: base64,
  wrappedKey: base64,
  wrapIv: base64,
});
export type SealedSecret = z.infer<typeof SealedSecret>;

export class VaultError extends Error {
  override readonly name = "VaultError";
}

/** The place a secret belongs to; it cannot be opened as another's. */
export interface SecretPlace {
  workspaceId: string;
  slug: string;
}

/** @param key RUNBOARD_VAULT_KEY: 32 bytes in base64 */
export async function sealSecret(secret: string, key: string, place: SecretPlace): Promise<SealedSecret> {
  const wrapper = await importKey(key);
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const own = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapIv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = bind(place);
  const text = new TextEncoder().encode(secret);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, own, text);
  const wrapped = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: wrapIv, additionalData },
    wrapper,
    bytes,
  );
  return {
    v: 1,
    ciphertext: encode(sealed),
    iv: encode(iv),
    wrappedKey: encode(wrapped),
    wrapIv: encode(wrapIv),
  };
}

/** @throws VaultError when the key is another or the secret was moved from another connection */
export async function openSecret(sealed: SealedSecret, key: string, place: SecretPlace): Promise<string> {
  const wrapper = await importKey(key);
  const additionalData = bind(place);
  try {
    const bytes = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: decode(sealed.wrapIv), additionalData },
      wrapper,
      decode(sealed.wrappedKey),
    );
    const own = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
    const text = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: decode(sealed.iv), additionalData },
      own,
      decode(sealed.ciphertext),
    );
    return new TextDecoder().decode(text);
  } catch (cause) {
    throw new VaultError(
      `The secret of connection "${place.slug}" cannot be opened with this installation's RUNBOARD_VAULT_KEY.`,
      { cause },
    );
  }
}

async function importKey(key: string): Promise<CryptoKey> {
  const bytes = decode(key);
  if (bytes.length !== 32) throw new VaultError("RUNBOARD_VAULT_KEY must be 32 bytes in base64.");
  return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

function bind(place: SecretPlace): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`runboard connection 1\n${place.workspaceId}\n${place.slug}`);
}

function encode(bytes: ArrayBuffer | Uint8Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
