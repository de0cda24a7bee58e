/**
 * supabase-js in a browser uploads a Blob as a form whose file field has an empty name, which hosted Storage accepts
 * and @supabase/lite 0.10.0 does not (it wants the name `file`). Such a form becomes the plain upload it stands for.
 */
export async function unwrapUpload(request: Request): Promise<Request> {
  const type = request.headers.get("content-type") ?? "";
  const isUpload = request.method === "POST" || request.method === "PUT";
  if (!isUpload || !type.startsWith("multipart/form-data")) return request;
  if (!new URL(request.url).pathname.startsWith("/storage/v1/object/")) return request;
  const form = await request.formData();
  const file = [...form.values()].find((value) => typeof value !== "string");
  if (file === undefined) return new Request(request, { body: null });
  const headers = new Headers(request.headers);
  headers.set("content-type", file.type || "application/octet-stream");
  headers.set("content-length", String(file.size));
  const cacheControl = form.get("cacheControl");
  if (typeof cacheControl === "string") headers.set("cache-control", `max-age=${cacheControl}`);
  const metadata = form.get("metadata");
  if (typeof metadata === "string") headers.set("x-metadata", btoa(metadata));
  return new Request(request.url, { method: request.method, headers, body: file, signal: request.signal });
}
