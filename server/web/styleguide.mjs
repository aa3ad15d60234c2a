// The page /styleguide, for development alone: `scripts/run --styleguide` serves it and builds it anew on each reload.
// `--once FOLDER` writes it there instead.

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--once");
const folder = at < 0 ? join(web, "node_modules", ".styleguide") : process.argv[at + 1];
const PORT = 8_090;

const cssText = {
  name: "css-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await readFile(path, "utf8"), loader: "text" }));
  },
};
const { outputFiles } = await esbuild.build({ absWorkingDir: web, entryPoints: ["src/ui/styles/first.css"], bundle: true, write: false, outdir: folder, loader: { ".woff2": "dataurl" } });
const context = await esbuild.context({
  absWorkingDir: web,
  entryPoints: ["src/styleguide/page.tsx"],
  bundle: true,
  format: "iife",
  outfile: join(folder, "styleguide.js"),
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".woff2": "dataurl" },
  plugins: [cssText],
  sourcemap: "inline",
  logLevel: "warning",
});
await context.rebuild();
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kibitz, the styleguide</title><style>${outputFiles[0].text}</style><div id="app"></div><script src="styleguide.js"></script></html>`;
await writeFile(join(folder, "styleguide.html"), page);
if (at >= 0) await context.dispose();
else {
  const { port } = await context.serve({ host: "127.0.0.1", port: PORT, servedir: folder });
  console.log(`styleguide: http://127.0.0.1:${port}/styleguide.html`);
}
