// The practice server that comes with Runboard, as workflow files name it and as it is reached.

/** How files write its address: that of an installation with the default settings. */
const written = "http://127.0.0.1:4400/functions/v1/practice";

/**
 * Points a workflow file's calls of the practice server at the one of the installation it is opened in. Other addresses
 * stay as they are.
 * @param text   the file
 * @param origin of the installation, without a trailing slash
 */
export function withPracticeAt(text: string, origin: string): string {
  return text.replaceAll(written, `${origin}/functions/v1/practice`);
}

/** The connection under which the samples reach the practice server's tools. */
export function practiceConnection(origin: string) {
  return {
    slug: "practice",
    kind: "mcp" as const,
    title: "Practice server",
    baseUrl: `${origin}/functions/v1/practice/mcp`,
    hosts: [origin.replace(/^https?:\/\//, "")],
  };
}
