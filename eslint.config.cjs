// ESLint's recommended rules and the stricter ones of OCA's 19.0 repositories.
const {createRequire} = require("node:module");

// "make lint" installs ESLint and its plugins under .odoo/node.
const tools = createRequire(`${__dirname}/.odoo/node/package.json`);
const js = tools("@eslint/js");
const jsdoc = tools("eslint-plugin-jsdoc");
const globals = tools("globals");

module.exports = [
  {ignores: [".odoo/", "**/static/lib/", "**/static/src/lib/"]},
  js.configs.recommended,
  {
    plugins: {jsdoc},
    languageOptions: {
      ecmaVersion: 2024,
      // Odoo loads every file of an addon as a module.
      sourceType: "module",
      globals: {
        ...globals.browser,
        Chart: "readonly",
        luxon: "readonly",
        odoo: "readonly",
        owl: "readonly",
      },
    },
    rules: {
      complexity: ["error", 15],
      eqeqeq: "error",
      "init-declarations": "error",
      "no-alert": "error",
      "no-duplicate-imports": "error",
      "no-else-return": "error",
      "no-empty-function": "error",
      "no-eval": "error",
      "no-lonely-if": "error",
      "no-multi-str": "error",
      "no-return-assign": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-unneeded-ternary": "error",
      "no-unused-expressions": "error",
      "no-use-before-define": "error",
      "no-useless-concat": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "operator-assignment": ["error", "always"],
      "prefer-const": "error",
      radix: "error",
      "spaced-comment": ["error", "always"],
      yoda: "error",
      "jsdoc/check-param-names": "error",
      "jsdoc/check-tag-names": "error",
      "jsdoc/check-types": "error",
    },
    settings: {
      jsdoc: {
        preferredTypes: {
          array: "Array",
          bool: "Boolean",
          boolean: "Boolean",
          number: "Number",
          object: "Object",
          str: "String",
          string: "String",
        },
      },
    },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: {sourceType: "commonjs", globals: globals.node},
  },
];
