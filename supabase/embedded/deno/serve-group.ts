/// <reference lib="deno.ns" />
// Serves several stock Supabase functions from one process. Each entrypoint calls `Deno.serve(handler)` as it would on
// a hosted project; here the handler is kept under the function's name and one loopback server chooses by path.

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

const handlers = new Map<string, Handler>();
const failures = new Map<string, string>();
const serve = Deno.serve;

Reflect.set(globalThis, "EdgeRuntime", {
  waitUntil(work: Promise<unknown>): void {
    work.catch((error: unknown) => console.error("background work failed:", error));
  },
});

function keepHandlerAs(name: string) {
  return (...args: unknown[]) => {
    const options = args.find((arg) => typeof arg === "object" && arg !== null);
    const handler = args.find((arg) => typeof arg === "function") ?? Reflect.get(options ?? {}, "handler");
    handlers.set(name, handler as Handler);
    return { finished: new Promise(() => {}), shutdown: async () => {}, ref() {}, unref() {} };
  };
}

for (const entry of Deno.args) {
  const at = entry.indexOf("=");
  const name = entry.slice(0, at);
  Reflect.set(Deno, "serve", keepHandlerAs(name));
  try {
    await import(`file://${entry.slice(at + 1)}`);
  } catch (error) {
    failures.set(name, error instanceof Error ? error.message : String(error));
    console.error(`function ${name} did not load:`, error);
  }
}
Reflect.set(Deno, "serve", serve);

serve(
  {
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`runboard-listening ${port} ${Deno.pid}`),
    onError(error) {
      console.error(error);
      return Response.json(
        { code: "WORKER_ERROR", message: "The function failed; the server's log says why." },
        { status: 500 },
      );
    },
  },
  (request, info) => {
    const name = new URL(request.url).pathname.split("/")[1] ?? "";
    const handler = handlers.get(name);
    if (handler) return handler(request, info);
    const message = failures.get(name) ?? `There is no function ${name}.`;
    return Response.json({ code: "BOOT_ERROR", message }, { status: 503 });
  },
);
