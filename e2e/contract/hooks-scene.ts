// Webhooks as senders meet them: through the gateway, into Deno, on a fresh database.
import { createHmac, randomUUID } from "node:crypto";
import { at, edge } from "../servers/document.ts";
import { openFunctionsScene, type FunctionsScene } from "./functions-scene.ts";

const secret = `whsec_${Buffer.from("a secret of the sender's").toString("base64")}`;

const order = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string" }, total: { type: "number" } },
};

export interface HooksScene extends FunctionsScene {
  /** Publishes a workflow that a webhook starts; returns the hook's address. */
  publishHook(
    slug: string,
    config: object,
    more?: { nodes?: object[]; edges?: object[]; input?: object; inputs?: object },
  ): Promise<string>;
  /** Where the workflow's hook is now. */
  address(slug: string): Promise<string>;
}

export async function openHooksScene(): Promise<HooksScene> {
  const scene = await openFunctionsScene();
  const { client, workspaceId, stack } = scene;
  await scene.invoke("connections", {
    workspaceId,
    slug: "sender",
    kind: "signing",
    title: "Sender",
    secret,
  });
  const address = async (slug: string): Promise<string> => {
    const { data, error } = await client
      .from("hook_paths")
      .select("path, triggers!inner(workflow_id, workflows!inner(slug))")
      .eq("triggers.workflows.slug", slug)
      .single();
    if (error) throw error;
    return `${stack.url}/functions/v1/hooks/${data.path}`;
  };
  return {
    ...scene,
    address,
    async publishHook(slug, config, more = {}) {
      const doc = {
        schemaVersion: 1,
        input: more.input ?? order,
        output: { id: { ref: "input.id" } },
        nodes: [
          {
            id: "t",
            key: "order_came",
            kind: "trigger-webhook",
            config,
            inputs: more.inputs ?? {},
            position: at,
          },
          {
            id: "k",
            key: "keep",
            kind: "transform",
            config: { fields: { id: { ref: "input.id" } } },
            position: at,
          },
          ...(more.nodes ?? []),
        ],
        edges: [edge("t", "input", "k"), ...(more.edges ?? [])],
      };
      await scene.publish(slug, doc);
      return address(slug);
    },
  };
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
  });
}

export const read = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as Record<string, unknown>,
});

export function signed(body: object, id = `msg_${randomUUID()}`): Record<string, string> {
  const time = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key)
    .update(`${id}.${time}.${JSON.stringify(body)}`)
    .digest("base64");
  return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
}
