/** @type {import('prettier').Config} */

// OCA's settings. "make lint" installs the plugin under .odoo/node.
module.exports = {
  plugins: [
    require.resolve("@prettier/plugin-xml", {
      paths: [`${__dirname}/.odoo/node`, __dirname],
    }),
  ],
  bracketSpacing: false,
  printWidth: 88,
  proseWrap: "always",
  semi: true,
  trailingComma: "es5",
  xmlWhitespaceSensitivity: "preserve",
};
