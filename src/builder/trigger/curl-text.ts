// A command that sends a webhook something its workflow takes.
import type { Json, JsonObject, Schema } from "../../core/json.ts";

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value of that shape; not an interesting one. */
export function sampleFor(schema: Schema, name = ""): Json {
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.examples) && schema.examples[0] !== undefined) return schema.examples[0];
  if (Array.isArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" || isObject(schema.properties))
    return Object.fromEntries(
      Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([key, value]) => [
        key,
        sampleFor(isObject(value) ? value : {}, key),
      ]),
    );
  if (type === "array") return [];
  if (type === "number" || type === "integer") return 1;
  return type === "boolean" ? true : name || "text";
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** @param input the workflow's input, whose fields a plain body brings */
export function curlText(url: string, config: JsonObject, input: Schema): string {
  const shape = isObject(config.bodySchema) ? config.bodySchema : input;
  const sample = sampleFor({ type: "object", ...shape });
  const [type, body] =
    config.accepts === "form"
      ? ["application/x-www-form-urlencoded", formText(sample)]
      : config.accepts === "text"
        ? ["text/plain", "hello"]
        : ["application/json", JSON.stringify(sample)];
  if (config.signing !== "standard")
    return [`curl ${quoted(url)} \\`, `  -H 'content-type: ${type}' \\`, `  -d ${quoted(body)}`].join("\n");
  return [
    `id=msg_$(date +%s); at=$(date +%s); body=${quoted(body)}`,
    `key=$(printf %s "\${SIGNING_SECRET#whsec_}" | base64 -d | od -An -vtx1 | tr -d ' \\n')`,
    `sign=$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)`,
    `curl ${quoted(url)} -H 'content-type: ${type}' \\`,
    `  -H "webhook-id: $id" -H "webhook-timestamp: $at" -H "webhook-signature: v1,$sign" -d "$body"`,
  ].join("\n");
}

function formText(sample: Json): string {
  const fields = isObject(sample) ? Object.entries(sample) : [];
  return fields
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
}
