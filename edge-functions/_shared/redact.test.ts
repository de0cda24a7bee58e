import { describe, expect, it } from "vitest";
import { Redactor } from "./redact.ts";

const secret = 'p@ss/w0rd+"quoted"=ü';

function redactorOf(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const one of secrets) redactor.add(one);
  return redactor;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a redactor", () => {
  it("masks every spelling an upstream is likely to echo", () => {
    const redactor = redactorOf(secret);
    const spellings = [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      new URLSearchParams({ secret }).toString(),
      Buffer.from(secret).toString("hex"),
      Buffer.from(secret).toString("hex").toUpperCase(),
      [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join(""),
    ];
    for (const spelling of spellings)
      expect(redactor.text(`before ${spelling} after`)).toMatch(/^before .*\[secret\].* after$/);
    for (const spelling of spellings) expect(redactor.text(spelling)).not.toMatch(/w0rd|7730726[dD]|%77%30/);
  });

  it("masks base64 of it at any offset, in both alphabets", () => {
    const redactor = redactorOf(secret);
    for (const before of ["", "u", "us", "use", "user:"]) {
      const text = base64(`${before}${secret}:tail`);
      const urlSafe = text.replaceAll("+", "-").replaceAll("/", "_");
      for (const one of [text, urlSafe]) {
        expect(redactor.text(one)).toContain("[secret]");
        expect(Buffer.from(redactor.text(one).replace("[secret]", ""), "base64").toString()).not.toContain(
          "w0rd",
        );
      }
    }
  });

  it("masks keys and values at any depth and leaves everything else as it was", () => {
    const value = { list: [1, null, true, { [secret]: `x ${secret}` }], plain: "kept" };
    expect(redactorOf(secret).json(value)).toEqual({
      list: [1, null, true, { "[secret]": "x [secret]" }],
      plain: "kept",
    });
  });

  it("masks the longer of two overlapping secrets whole", () => {
    expect(redactorOf("abcdef", "abcdefgh").text("abcdefgh abcdef")).toBe("[secret] [secret]");
  });

  it("leaves text alone when it knows no secret, or only a very short one", () => {
    const value = { a: ["b"] };
    expect(new Redactor().json(value)).toBe(value);
    expect(redactorOf("ab").text("cab about")).toBe("cab about");
  });
});
