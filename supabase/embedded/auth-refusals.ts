// What Auth answers before @supabase/lite is asked, in the shape GoTrue and PostgREST share.

const MAIL_ROUTES = new Set(["/auth/v1/otp", "/auth/v1/magiclink", "/auth/v1/recover", "/auth/v1/resend"]);

/**
 * True for an address of Auth with encoded characters. None needs them, and lite would decode `/auth/v1/%6ftp` after we
 * looked for `/auth/v1/otp`.
 */
export function isDisguised(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname.startsWith("/auth/v1/") && pathname.includes("%");
}

export function refuseAddress(): Response {
  return refuse(404, "not_found", "There is nothing at this address of Auth.");
}

/**
 * True for requests that only make sense with a mail server, of which this host has none. Sign-in by mail would also
 * make an account for any address, closed sign-up or not.
 */
export function needsMail(request: Request): boolean {
  return MAIL_ROUTES.has(new URL(request.url).pathname.replace(/\/+$/, ""));
}

export function refuseMail(): Response {
  return refuse(422, "email_provider_disabled", "No mail server is configured; sign in with a password.");
}

export function refuseAttempt(waitSeconds: number): Response {
  const message = `Too many failed attempts; try again in ${waitSeconds} seconds.`;
  return refuse(429, "over_request_rate_limit", message, { "retry-after": String(waitSeconds) });
}

export function refuseToken(): Response {
  return refuse(401, "bad_jwt", "The access token is not valid; sign in again.");
}

function refuse(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ code, error_code: code, message, msg: message }, { status, headers });
}
