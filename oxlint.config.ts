import { defineConfig } from "oxlint";
import { corePackages, crossing, forbidden, mayImport } from "./import-table.ts";

const pure = {
  group: ["*", "!./*", "!../*", "!./*/*", "!../*/*", ...corePackages.map((name) => `!${name}`)],
  message:
    "The pure ring imports zod, the expression library and the cron library only; what it needs from the world arrives as an argument.",
};

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "react", "jsx-a11y"],
  categories: { correctness: "error", suspicious: "warn" },
  ignorePatterns: ["dist", "node_modules", "**/*.gen.ts", ".runboard"],
  rules: {
    "import/no-cycle": "error",
    "import/extensions": ["error", "always", { ignorePackages: true }],
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "max-lines": ["warn", { max: 250, skipBlankLines: true, skipComments: true }],
    "no-unused-vars": [
      "error",
      { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true, caughtErrors: "none" },
    ],
    "no-eval": "error",
    "no-new-func": "error",
    // Where a zod schema keeps what it is made of.
    "no-underscore-dangle": ["warn", { allow: ["_zod"] }],
    "no-shadow": "off",
    "react/react-in-jsx-scope": "off",
    "import/no-unassigned-import": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "no-await-in-loop": "off",
  },
  overrides: [
    ...Object.keys(mayImport).map((ring) => ({
      files: [`${ring}/**/*.ts`, `${ring}/**/*.tsx`],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              ...forbidden(ring).map((other) => ({
                regex: crossing(ring, other),
                message: `${ring} may not import ${other}: see import-table.ts.`,
              })),
              ...(ring === "src/core" ? [pure] : []),
            ],
          },
        ] as never,
      },
    })),
    {
      files: ["**/*.test.ts", "**/*.test.tsx", "e2e/**/*.ts", "supabase/tests/**/*.ts"],
      rules: {
        // Playwright reads a fixture's needs from the braces, also when it needs nothing.
        "no-empty-pattern": "off",
        "typescript/no-non-null-assertion": "off",
        "max-lines": "off",
        "no-restricted-imports": "off",
      },
    },
  ],
});
