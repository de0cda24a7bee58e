// The practice server: a labelled stand-in for the outside, so that samples run without a network or accounts.
import { answerPractice } from "./routes.ts";

Deno.serve(answerPractice);
