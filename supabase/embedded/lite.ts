import { App, setExperimental } from "@supabase/lite";
import { AttemptLimit, triesSecret } from "./attempt-limit.ts";
import {
  isDisguised,
  needsMail,
  refuseAddress,
  refuseAttempt,
  refuseMail,
  refuseToken,
} from "./auth-refusals.ts";
import { createAuthAdmin } from "./auth-admin.ts";
import { hideOutage } from "./database-away.ts";
import { mendErrorLog } from "./lite-log.ts";
import { mendTypes } from "./lite-types.ts";
import { lastingPool } from "./pool.ts";
import { createObjectFiles } from "./object-files.ts";
import { RestConnection } from "./rest-connection.ts";
import { createRestIdentity } from "./rest-identity.ts";
import { completeSignedLinks, unwrapUpload } from "./storage-front.ts";

export interface LiteOptions {
  /** URL of the role `supabase_gateway`. */
  readonly databaseUrl: string;
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  /** Address browsers use. */
  readonly siteUrl: string;
  /** Closed means: closed once there is an account. */
  readonly signup: "open" | "closed";
  /** True while there is no account. */
  readonly isFirstRun: () => Promise<boolean>;
  /** Folder for Storage's bytes. */
  readonly filesDir: string;
  /** Life of an access token in seconds. */
  readonly jwtExpirySeconds: number;
}

export interface Lite {
  fetch(request: Request, peerAddress: string | null): Promise<Response>;
  close(): Promise<void>;
}

/**
 * REST, Auth and Storage: @supabase/lite as a library, without its command line (and so without its telemetry) and
 * without admin mode. The platform tables exist already, see bootstrap.ts.
 */
export async function startLite(options: LiteOptions): Promise<Lite> {
  setExperimental("storage", true);
  const connection = new RestConnection({
    url: options.databaseUrl,
    postgresOptions: { ...lastingPool, max: 12, connection: { application_name: "runboard-rest" } },
  });
  mendTypes(connection);
  mendErrorLog();
  const identity = createRestIdentity(options);
  const app = await quietly(async () => {
    const app = new App({
      connection,
      api: {
        enabled: true,
        schemas: ["public"],
        extra_search_path: ["public", "extensions"],
        max_rows: 1000,
      },
      auth: {
        enabled: true,
        jwt_secret: options.jwtSecret,
        jwt_expiry: options.jwtExpirySeconds,
        publishable_key: options.publishableKey,
        secret_key: options.secretKey,
        site_url: options.siteUrl,
        additional_redirect_urls: [],
        enable_signup: options.signup === "open",
        enable_anonymous_sign_ins: false,
        minimum_password_length: 8,
        email: { enable_signup: true, enable_confirmations: false },
      },
      storage: { enabled: true, file_size_limit: "50MiB" },
      studio: { enabled: false },
      options: {
        server: {
          admin: false,
          disableStudio: true,
          disableFallback: true,
          apiKeys: { resolver: identity.resolver },
        },
        drivers: { email: noMail },
      },
    });
    // oxlint-disable-next-line no-underscore-dangle -- the only way lite offers to choose where files live
    app._storageAdapter = createObjectFiles(options.filesDir);
    return app.init();
  });
  const admin = createAuthAdmin(options.databaseUrl, options.secretKey);
  const attempts = new AttemptLimit();

  async function forward(request: Request, peerAddress: string | null): Promise<Response> {
    const unwrapped = await unwrapUpload(request);
    if (unwrapped instanceof Response) return unwrapped;
    const response = await app.fetch(unwrapped, { peerAddress });
    return completeSignedLinks(request, await hideOutage(response));
  }

  return {
    async fetch(request, peerAddress) {
      if (isDisguised(request)) return refuseAddress();
      if (identity.isForeign(request)) return refuseToken();
      if (needsMail(request)) return refuseMail();
      const managed = admin.handle(request);
      if (managed) return managed;
      if (options.signup === "closed") {
        Object.assign(app.config.auth ?? {}, { enable_signup: await options.isFirstRun() });
      }
      if (!triesSecret(request)) return forward(request, peerAddress);
      const address = peerAddress ?? "";
      const waitSeconds = attempts.waitSeconds(address);
      if (waitSeconds > 0) return refuseAttempt(waitSeconds);
      // Counted before it is known, so that a thousand guesses sent at once are a thousand failures.
      attempts.addFailure(address);
      const response = await forward(request, peerAddress);
      if (response.status < 400) attempts.forgive(address);
      return response;
    },
    async close() {
      await Promise.all([admin.close(), connection.close()]);
    },
  };
}

/** Lite would print mails, with their sign-in codes, to the log. */
const noMail = {
  async send(): Promise<void> {
    console.error("auth: a mail was asked for, but no mail server is configured; nothing was sent.");
  },
};

/** Lite's notice that its Storage is young is for people who chose lite; ours is in the README's known limits. */
async function quietly<T>(start: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await start();
  } finally {
    console.warn = warn;
  }
}
