// Who is signed in. The Supabase client keeps and renews the token; this turns its events into one value.
import type { Session } from "@supabase/supabase-js";
import { useSyncExternalStore } from "react";
import { client, sessionKey } from "./client.ts";
import { DataError, dataErrorOf } from "./data-error.ts";

export interface SessionUser {
  id: string;
  email: string;
}

export interface SessionState {
  user: SessionUser | null;
  /** The token ran out and could not be renewed; the person has not chosen to leave. */
  expired: boolean;
}

let state: SessionState = { user: null, expired: false };
let leaving = false;
const listeners = new Set<() => void>();

function set(next: SessionState): void {
  if (
    next.user?.id === state.user?.id &&
    next.user?.email === state.user?.email &&
    next.expired === state.expired
  )
    return;
  state = next;
  for (const listener of listeners) listener();
}

function userOf(session: Session | null): SessionUser | null {
  return session ? { id: session.user.id, email: session.user.email ?? "" } : null;
}

/** Reads the kept session and follows it from then on; call once, after the client is started. */
export async function startSession(): Promise<void> {
  const kept = localStorage.getItem(sessionKey) !== null;
  const { data } = await client().auth.getSession();
  set({ user: userOf(data.session), expired: kept && data.session === null });
  client().auth.onAuthStateChange((event, session) => {
    const user = userOf(session);
    const lost = event === "SIGNED_OUT" && state.user !== null && !leaving;
    set({ user, expired: user === null && (lost || state.expired) });
  });
}

/** The session now, for code outside of React. */
export function currentSession(): SessionState {
  return state;
}

/** @returns stop listening */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): SessionState {
  return useSyncExternalStore(onSessionChange, currentSession);
}

/** The server no longer accepts the token. */
export function noteExpiredSession(): void {
  if (state.user === null) return;
  set({ user: null, expired: true });
  void client().auth.signOut({ scope: "local" });
}

/** @throws DataError `wrong_password` and others */
export async function signIn(email: string, password: string): Promise<SessionUser> {
  const { data, error } = await client().auth.signInWithPassword({ email: email.trim(), password });
  if (error) {
    if (error.code === "invalid_credentials" || error.status === 400) {
      throw new DataError(
        "wrong_password",
        "This e-mail address and password do not belong together.",
        "Check both and try again.",
      );
    }
    throw dataErrorOf(error);
  }
  const user = { id: data.user.id, email: data.user.email ?? "" };
  set({ user, expired: false });
  return user;
}

/**
 * Makes an account and signs in to it.
 * @throws DataError `account_exists`, `weak_password`, `signup_closed` and others
 */
export async function signUp(email: string, password: string): Promise<SessionUser> {
  const { data, error } = await client().auth.signUp({ email: email.trim(), password });
  if (error) {
    if (
      error.code === "user_already_exists" ||
      error.code === "email_exists" ||
      /already (been )?registered/i.test(error.message)
    ) {
      throw new DataError(
        "account_exists",
        "An account with this e-mail address exists already.",
        "Sign in instead.",
      );
    }
    if (error.code === "weak_password")
      throw new DataError("weak_password", error.message, "Choose a longer password.");
    if (error.code === "signup_disabled") {
      throw new DataError(
        "signup_closed",
        "New accounts are not open on this server.",
        "Ask an owner to make one for you.",
      );
    }
    throw dataErrorOf(error);
  }
  if (!data.session || !data.user) {
    throw new DataError(
      "confirm_email",
      "The account waits for its e-mail address to be confirmed.",
      "Open the link in the e-mail, then sign in.",
    );
  }
  const user = { id: data.user.id, email: data.user.email ?? "" };
  set({ user, expired: false });
  return user;
}

/** Ends the session on this browser. */
export async function signOut(): Promise<void> {
  leaving = true;
  await client().auth.signOut({ scope: "local" });
  set({ user: null, expired: false });
  leaving = false;
}
