// Envelope encryption of the connections' secrets: the wrapping key never reaches the database.
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";

/** Bytes of an authentication tag. */
const TAG_BYTES = 16;

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
  const wrapper = readKey(key);
  const own = randomBytes(32);
  const [iv, wrapIv] = [randomBytes(12), randomBytes(12)];
  return {
    v: 1,
    ciphertext: encrypt(own, iv, place, new TextEncoder().encode(secret)).toString("base64"),
    iv: iv.toString("base64"),
    wrappedKey: encrypt(wrapper, wrapIv, place, own).toString("base64"),
    wrapIv: wrapIv.toString("base64"),
  };
}

/**
 * Opens a secret. Not by the web's cryptography, whose every call waits for another thread: a webhook asks twice per delivery.
 * @throws VaultError when the key is another or the secret was moved from another connection
 */
export async function openSecret(sealed: SealedSecret, key: string, place: SecretPlace): Promise<string> {
  const wrapper = readKey(key);
  try {
    const own = decrypt(wrapper, sealed.wrapIv, place, sealed.wrappedKey);
    return new TextDecoder().decode(decrypt(own, sealed.iv, place, sealed.ciphertext));
  } catch (cause) {
    throw new VaultError(
      `The secret of connection "${place.slug}" cannot be opened with this installation's RUNBOARD_VAULT_KEY.`,
      { cause },
    );
  }
}

/** @returns what was encrypted and its tag behind it, as the web's cryptography lays it out */
function encrypt(key: Uint8Array, iv: Uint8Array, place: SecretPlace, plain: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(bind(place));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when anything is not as it was encrypted */
function decrypt(key: Uint8Array, iv: string, place: SecretPlace, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, "base64");
  // A shorter tag would be easier to guess.
  if (bytes.length < TAG_BYTES) throw new Error("There is no tag.");
  const opener = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64"), {
    authTagLength: TAG_BYTES,
  });
  opener.setAAD(bind(place));
  opener.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([opener.update(bytes.subarray(0, -TAG_BYTES)), opener.final()]);
}

function readKey(key: string): Buffer {
  const bytes = Buffer.from(key, "base64");
  if (bytes.length !== 32) throw new VaultError("RUNBOARD_VAULT_KEY must be 32 bytes in base64.");
  return bytes;
}

function bind(place: SecretPlace): Buffer {
  return Buffer.from(`runboard connection 1\n${place.workspaceId}\n${place.slug}`);
}
