// What REST, Auth and Storage answer while the database does not.

/** The driver's words for a lost connection, and Postgres's own for a server that ends or begins. */
const AWAY =
  /\b(CONNECT_TIMEOUT|CONNECTION_(CLOSED|DESTROYED|ENDED)|ECONN(REFUSED|RESET|ABORTED)|EPIPE)\b|\b57P0[123]\b/;
const STARTING =
  /the database system is (starting up|shutting down|in recovery mode)|terminating connection due to/;

/**
 * Puts what PostgREST says without its database in the place of a failure that comes from there: 503, to be tried again. lite would answer 500 with
 * the driver's error, which names the database's address.
 */
export async function hideOutage(response: Response): Promise<Response> {
  if (response.status < 500) return response;
  const text = await response.clone().text();
  if (!AWAY.test(text) && !STARTING.test(text)) return response;
  return Response.json(
    {
      code: "PGRST001",
      error_code: "unexpected_failure",
      message: "The database does not answer.",
      msg: "The database does not answer.",
      details: null,
      hint: "It is being tried again; ask again in a moment.",
    },
    { status: 503, headers: { "retry-after": "1" } },
  );
}
