import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["bin/", "out/"] },
  js.configs.recommended,
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { console: "readonly", process: "readonly" } },
  },
  {
    files: ["src/**/*.ts", "test/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // `() => view.show()` says what it does as well as a block would.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The compiler asks for `process.env["PATH"]`.
      "@typescript-eslint/dot-notation": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // The test runner awaits what `test` returns.
      "@typescript-eslint/no-floating-promises": "off",
    },
  },
);
