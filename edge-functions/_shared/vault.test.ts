import { describe, expect, it } from "vitest";
import { openSecret, sealSecret, SealedSecret, VaultError } from "./vault.ts";

const key = btoa(String.fromCharCode(...new Uint8Array(32).fill(9)));
const place = { workspaceId: "11111111-1111-4111-8111-111111111111", slug: "shop" };
const secret = "sk-live-öäü-🔑";

describe("the vault", () => {
  it("opens what it sealed, and never seals twice alike", async () => {
    const [first, second] = await Promise.all([
      sealSecret(secret, key, place),
      sealSecret(secret, key, place),
    ]);
    expect(await openSecret(SealedSecret.parse(first), key, place)).toBe(secret);
    expect(first.ciphertext).not.toBe(second.ciphertext);
    expect(JSON.stringify([first, second])).not.toContain("sk-live");
  });

  it("does not open a secret that was moved to another connection or workspace", async () => {
    const sealed = await sealSecret(secret, key, place);
    for (const other of [
      { ...place, slug: "other" },
      { ...place, workspaceId: "22222222-2222-4222-8222-222222222222" },
    ]) {
      await expect(openSecret(sealed, key, other)).rejects.toThrow(VaultError);
    }
  });

  it("does not open with another key, or after any part was changed", async () => {
    const sealed = await sealSecret(secret, key, place);
    const otherKey = btoa(String.fromCharCode(...new Uint8Array(32).fill(8)));
    await expect(openSecret(sealed, otherKey, place)).rejects.toThrow("RUNBOARD_VAULT_KEY");
    for (const part of ["ciphertext", "iv", "wrappedKey", "wrapIv"] as const) {
      const bytes = atob(sealed[part]);
      const changed = btoa(String.fromCharCode(bytes.charCodeAt(0) ^ 1) + bytes.slice(1));
      await expect(openSecret({ ...sealed, [part]: changed }, key, place)).rejects.toThrow(VaultError);
    }
  });

  it("says so when its key is not 32 bytes", async () => {
    await expect(sealSecret(secret, btoa("short"), place)).rejects.toThrow("32 bytes");
  });
});
