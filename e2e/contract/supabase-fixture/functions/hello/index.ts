Deno.serve(async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname.endsWith("/page")) {
    return new Response("<b>hello</b>", { headers: { "content-type": "text/html" } });
  }
  if (pathname.endsWith("/forbidden")) {
    const attempts = {
      write: () => Deno.writeTextFileSync("/tmp/runboard-should-not-exist", "x"),
      run: () => new Deno.Command("true").outputSync(),
      read: () => Deno.readTextFileSync("/etc/passwd"),
      load: () => Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {}),
    };
    const refused = Object.entries(attempts).filter(([, attempt]) => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    });
    return Response.json(refused.map(([name]) => name));
  }
  if (pathname.endsWith("/spin")) for (let n = 0; n >= 0; n = (n + 1) % 1_000) continue;
  if (pathname.endsWith("/environment")) return Response.json(Object.keys(Deno.env.toObject()).toSorted());
  const { name } = await request.json();
  return Response.json({ greeting: `Hello ${name}`, pathname, hasUrl: Deno.env.has("SUPABASE_URL") });
});
