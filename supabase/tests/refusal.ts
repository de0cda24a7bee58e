import postgres from "postgres";

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What the database said no with; fails the test when it said yes. */
export async function refusalOf(query: PromiseLike<unknown>): Promise<Refusal> {
  try {
    await query;
  } catch (error) {
    if (error instanceof postgres.PostgresError) {
      return { code: error.code, message: error.message, hint: error.hint };
    }
    throw error;
  }
  throw new Error("The database allowed what it should have refused.");
}
