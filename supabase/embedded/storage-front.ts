import { findTooLarge } from "./web-request.ts";

/**
 * supabase-js in a browser uploads a Blob as a form whose file field has an empty name, which hosted Storage accepts
 * and @supabase/lite 0.10.0 does not (it wants the name `file`). Such a form becomes the plain upload it stands for;
 * one without a file is refused.
 */
export async function unwrapUpload(request: Request): Promise<Request | Response> {
  const type = request.headers.get("content-type") ?? "";
  const isUpload = request.method === "POST" || request.method === "PUT";
  if (!isUpload || !type.startsWith("multipart/form-data")) return request;
  if (!new URL(request.url).pathname.startsWith("/storage/v1/object/")) return request;
  const form = await readForm(request);
  const file = form && [...form.values()].find((value) => typeof value !== "string");
  if (!form || !file) return refuseForm();
  const headers = new Headers(request.headers);
  headers.set("content-type", file.type || "application/octet-stream");
  headers.set("content-length", String(file.size));
  const cacheControl = form.get("cacheControl");
  if (typeof cacheControl === "string") headers.set("cache-control", `max-age=${cacheControl}`);
  const metadata = form.get("metadata");
  if (typeof metadata === "string") headers.set("x-metadata", Buffer.from(metadata).toString("base64"));
  return new Request(request.url, { method: request.method, headers, body: file, signal: request.signal });
}

function refuseForm(): Response {
  const message = "The upload is no form with a file in it.";
  return Response.json({ statusCode: "400", error: "invalid_request", message }, { status: 400 });
}

/** @returns undefined for a body that is no form */
async function readForm(request: Request): Promise<FormData | undefined> {
  try {
    return await request.formData();
  } catch (error) {
    if (findTooLarge(error)) throw error;
    return undefined;
  }
}

/**
 * supabase-js reads a signed link from `signedURL` (to download) or `url` (to upload), relative to the Storage API, as
 * hosted Storage writes it; @supabase/lite 0.10.0 writes `signedUrl`, relative to the host.
 */
export async function completeSignedLinks(request: Request, response: Response): Promise<Response> {
  const { pathname } = new URL(request.url);
  const signs = /^\/storage\/v1\/object\/(upload\/)?sign\//.test(pathname);
  if (request.method !== "POST" || !response.ok || !signs) return response;
  const body: unknown = await response.json();
  return Response.json(Array.isArray(body) ? body.map(completeLink) : completeLink(body));
}

function completeLink(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || !("signedUrl" in entry)) return entry;
  const link = String(entry.signedUrl).replace(/^\/storage\/v1/, "") || null;
  return { ...entry, signedURL: link, url: link };
}
