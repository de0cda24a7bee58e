import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { type Stack, type StackOptions, startStack } from "../../supabase/embedded/stack.ts";

const FIXTURE = join(import.meta.dirname, "supabase-fixture");

export interface TestStack extends Stack {
  /** A client of its own, as another browser would be; nobody is signed in. */
  client(key?: string): SupabaseClient;
  /** A client with a new account signed in. */
  newUser(): Promise<{ client: SupabaseClient; id: string; email: string; password: string }>;
}

/** Starts the whole stack with the fixture application in a temporary home. */
export async function startTestStack(options: Partial<StackOptions> = {}): Promise<TestStack> {
  const home = mkdtempSync(join(tmpdir(), "runboard-stack-"));
  const stack = await startStack({
    home,
    port: 0,
    durable: false,
    migrationsDir: join(FIXTURE, "migrations"),
    functionsDir: join(FIXTURE, "functions"),
    functionsConfig: join(FIXTURE, "config.toml"),
    onLog: () => {},
    ...options,
  });
  const clients: SupabaseClient[] = [];

  function client(key = stack.publishableKey): SupabaseClient {
    const made = createClient(stack.url, key, {
      auth: { persistSession: false, autoRefreshToken: false, storageKey: randomUUID() },
    });
    clients.push(made);
    return made;
  }
  async function newUser() {
    const made = client();
    const email = `${randomUUID()}@example.com`;
    const password = "correct horse battery";
    const { data, error } = await made.auth.signUp({ email, password });
    if (error) throw error;
    return { client: made, id: data.user?.id ?? "", email, password };
  }
  async function stop(): Promise<void> {
    await Promise.all(clients.map((one) => one.removeAllChannels()));
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
  return { ...stack, client, newUser, stop };
}
