// Builds the client into dist/: content-hashed chunks, compressed beside the plain files, and manifest.json, which tells the
// server all it needs for the first page. Exits with 1 when a budget is exceeded, so that a fat build cannot be shipped.

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const final = join(web, "dist");
// Built aside (where git and packages do not look) and moved into place, so that no server reads half a build.
const out = join(web, "node_modules", `.build-${process.pid}`);
const TYPES = { js: "text/javascript", woff2: "font/woff2" };

const KIB = 1024;
/** What a table by its link may ask for at once: one more waits for a whole round trip. */
const FILES_MAX = 6;
/** In bytes of brotli. A chunk that is not named here, such as a language, may have what `chunk` says. */
const LIMITS = {
  "first load (page, style, scripts)": 24 * KIB,
  "first load, scripts alone": 20 * KIB,
  wire: 7 * KIB,
  room: 16 * KIB,
  help: 2 * KIB,
  choices: 3 * KIB,
  features: KIB,
  lab: 15 * KIB,
  chunk: 6 * KIB,
  "service worker": 1.5 * KIB,
  "display font": 13_000,
  game: 15 * KIB,
  "embed (page, style, script)": 10_000,
  "embed-code": 2 * KIB,
};

/** What the server writes around an embedded page's style and script, at its longest: eight seats with long names. */
const EMBED_AROUND = `<!doctype html><meta charset="utf-8"><title></title><script type="application/json" id="boot">${"seat name is_bot ".repeat(64)}</script>`;

const brotli = (data) =>
  brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } });

/** `import css from "./x.css"` gives minified text: a lazy chunk carries its own style and no page waits for a second file. */
const cssText = {
  name: "css-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: shared.target });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/**
 * One file for the first page: a browser opens six connections to a host, and each further file waits for one of them.
 * Without this the bundler makes a chunk of each set of modules that some lazy chunks share. Every lazy chunk imports the
 * entry (which runs long before it), so that whatever the entry reaches lies together; what room and replay share is one more.
 */
const fewFiles = {
  name: "few-files",
  setup(build) {
    const lazy = new Set();
    build.onResolve({ filter: /^\./ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === "seen") return undefined;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: "seen" });
      if (kind === "dynamic-import") lazy.add(found.path);
      return found;
    });
    build.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
      if (!lazy.has(path)) return undefined;
      const contents = `import ${JSON.stringify(join(web, "src/entry.tsx"))};\n${await readFile(path, "utf8")}`;
      return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
    });
  },
};

const shared = {
  absWorkingDir: web,
  bundle: true,
  minify: true,
  metafile: true,
  target: ["chrome100", "firefox101", "safari16.4"],
  outdir: out,
  publicPath: "/",
  entryNames: "assets/[name].[hash]",
  chunkNames: "assets/[name].[hash]",
  assetNames: "assets/[name].[hash]",
  loader: { ".woff2": "file" },
  logLevel: "warning",
};

const url = (output) => "/" + relative(out, resolve(web, output)).replaceAll("\\", "/");
/** What esbuild put in one place for a source file: the routes and chunks are found by it. */
const byEntry = (meta) =>
  Object.fromEntries(Object.entries(meta.outputs).filter(([, o]) => o.entryPoint).map(([path, o]) => [o.entryPoint, path]));

/** The chunk and all that it imports before it can run, without what `have` already holds. */
function closure(meta, path, have = new Set(), into = new Set()) {
  if (have.has(path) || into.has(path)) return into;
  into.add(path);
  for (const i of meta.outputs[path]?.imports ?? []) if (i.kind === "import-statement") closure(meta, i.path, have, into);
  return into;
}

/**
 * A lazy file whose modules other chunks use as well comes out as a stub that only passes names on: a request for nothing, and
 * browsers open six connections to a host. Whoever imports a stub is made to import what it passes on. The importer keeps its
 * name: its hash covers the stub's name, and that one's hash the stub's text. Gives where each such source's code is now.
 */
async function dissolveStubs(meta) {
  const moved = {};
  const texts = new Map();
  for (const path of Object.keys(meta.outputs)) if (path.endsWith(".js")) texts.set(path, await readFile(resolve(web, path), "utf8"));
  const pairs = (list) => list.split(",").map((part) => part.split(" as ")).map(([from, to = from]) => [from, to]);
  for (const [path, stub] of texts) {
    const { entryPoint } = meta.outputs[path];
    const passed = /^((?:import(?:\{[^}]*\}from)?"[^"]+";)+)export\{([^}]*)\};?\s*$/.exec(stub);
    const isImported = Object.values(meta.outputs).some((o) => o.imports.some((i) => i.path === path && i.kind === "import-statement"));
    if (!passed || isImported || entryPoint === "src/entry.tsx") continue;
    const local = new Map();
    for (const [, names, from] of passed[1].matchAll(/import\{([^}]*)\}from"([^"]+)";/g)) {
      for (const [theirs, here] of pairs(names)) local.set(here, { theirs, from });
    }
    const exported = pairs(passed[2]).map(([here, name]) => ({ name, ...local.get(here) }));
    const sources = [...new Set(exported.map(({ from }) => from))];
    const fields = exported.map(({ name, theirs, from }) => `${name}:e[${sources.indexOf(from)}].${theirs}`);
    const instead = `Promise.all([${sources.map((from) => `import("${from}")`)}]).then(e=>({${fields}}))`;
    for (const [other, text] of texts) texts.set(other, text.replaceAll(`import("${url(path)}")`, instead));
    // For the graph, the first of them stands for all.
    const [first, ...rest] = sources.map((from) => Object.keys(meta.outputs).find((output) => url(output) === from));
    moved[entryPoint] = first;
    meta.outputs[first].imports.push(...rest.map((other) => ({ path: other, kind: "import-statement" })));
    delete meta.outputs[path];
    texts.delete(path);
    await rm(resolve(web, path));
  }
  for (const [path, text] of texts) await writeFile(resolve(web, path), text);
  return moved;
}

async function build() {
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, "assets"), { recursive: true });
  const script = (source, define = {}) => esbuild.build({ ...shared, entryPoints: [source], format: "iife", write: false, define });
  const [code, embed, embedStyle, style, early, icon] = await Promise.all([
    esbuild.build({
      ...shared,
      entryPoints: ["src/entry.tsx"],
      format: "esm",
      splitting: true,
      jsx: "automatic",
      jsxImportSource: "preact",
      plugins: [fewFiles, cssText],
      legalComments: "none",
    }),
    // A page of its own: nothing is shared with the client's chunks, which would bring the framework along.
    esbuild.build({ ...shared, entryPoints: { embed: "src/embed/page.ts" }, format: "esm", legalComments: "none" }),
    esbuild.build({ ...shared, entryPoints: ["src/embed/embed.css"], write: false }),
    esbuild.build({ ...shared, entryPoints: ["src/ui/styles/first.css"], write: false }),
    script("src/early.ts"),
    readFile(join(web, "src/ui/icon.svg"), "utf8"),
  ]);
  const text = (result, ending) => result.outputFiles.find((f) => f.path.endsWith(ending));
  const styleInline = text(style, ".css").text.trim();
  const earlyInline = text(early, ".js").text.trim();
  const embedStyleInline = text(embedStyle, ".css").text.trim();
  const embedScript = Object.keys(embed.metafile.outputs)[0];
  const fonts = style.outputFiles.filter((f) => f.path.endsWith(".woff2"));
  for (const file of fonts) await writeFile(file.path, file.contents);

  const moved = await dissolveStubs(code.metafile);
  // What the bundler calls the entry only imports the file that all lazy chunks share, and that is where the entry's code is.
  const entries = { ...byEntry(code.metafile), ...moved };
  const stub = entries["src/entry.tsx"];
  const main = Object.keys(code.metafile.outputs).find((p) => "src/entry.tsx" in code.metafile.outputs[p].inputs);
  if (main !== stub) await rm(resolve(web, stub));

  const files = [
    ...Object.keys(code.metafile.outputs).filter((p) => p === main || p !== stub).map((p) => resolve(web, p)),
    resolve(web, embedScript),
    ...fonts.map((f) => f.path),
  ].sort();
  const assets = {};
  for (const path of files) {
    const data = await readFile(path);
    const name = url(path);
    const compressed = !name.endsWith(".woff2");
    const br = compressed ? brotli(data) : null;
    const gz = compressed ? gzipSync(data, { level: 9 }) : null;
    if (br) await writeFile(path + ".br", br);
    if (gz) await writeFile(path + ".gz", gz);
    assets[name] = {
      type: TYPES[name.split(".").at(-1)],
      path: name.slice(1),
      bytes: data.length,
      br: br && name.slice(1) + ".br",
      gz: gz && name.slice(1) + ".gz",
      br_bytes: br?.length ?? data.length,
      gz_bytes: gz?.length ?? data.length,
    };
  }

  // A lobby is what most see first: what it needs counts as first load, and nobody waits for it elsewhere.
  const base = closure(code.metafile, main);
  const wire = closure(code.metafile, entries["src/ui/wire.ts"], base);
  const lazy = (source, have = base) => [...closure(code.metafile, entries[source], have)].map(url);
  const routes = {
    lobby: lazy("src/ui/lobby.tsx"),
    // Who has a session gets a socket: the server asks for its code with the page.
    wire: [...wire].map(url),
    room: [...wire].map(url).concat(lazy("src/ui/room.tsx", new Set([...base, ...wire]))),
    replay: lazy("src/ui/replay.tsx"),
    player: lazy("src/ui/pages.ts"),
    leaderboard: lazy("src/ui/pages.ts"),
  };
  // The words of a language come with the page that is written in it.
  for (const source of Object.keys(entries)) {
    const code = /^src\/lang\/([a-z]{2})\.ts$/.exec(source)?.[1];
    if (!code) continue;
    routes[`lang:${code}`] = lazy(source);
    for (const page of ["room", "replay"]) routes[`lang:${code}:${page}`] = ["room", "games"].flatMap((part) => lazy(`src/lang/${code}-${part}.ts`));
  }
  const chunks = {};
  for (const source of Object.keys(entries)) {
    const game = /^src\/games\/([a-z0-9-]+)\/index\.tsx$/.exec(source)?.[1];
    if (/ui\/offline\.ts$/.test(source)) routes.offline = lazy(source);
    if (game) routes[`game:${game}`] = lazy(source);
    const name = game ? `game:${game}` : /([a-z0-9-]+)\.tsx?$/.exec(source)[1];
    // What a chunk needs beside the rooms' page's own parts, which are there when it is asked for (or are counted there).
    const near = name === "room" ? new Set([...base, ...wire]) : new Set([...base, ...wire, ...closure(code.metafile, entries["src/ui/room.tsx"])]);
    if (source !== "src/entry.tsx" && name !== "lobby") chunks[name] = lazy(source, name === "wire" ? base : near);
  }
  const entry = url(main);
  const skeleton = {};
  for (const name of ["lobby", "room", "replay", "player", "leaderboard"]) {
    skeleton[name] = (await readFile(join(web, `src/ui/skeleton/${name}.html`), "utf8")).replace(/>\s+</g, "><").trim();
  }
  const pick = (ending) => Object.keys(assets).find((name) => name.endsWith(ending));

  const weight = (names) => names.reduce((sum, name) => sum + assets[name].br_bytes, 0);
  const scripts = weight([...[...base].map(url), ...routes.lobby]);
  const page = brotli(Buffer.from(`<style>${styleInline}</style><script>${earlyInline}</script>${skeleton.lobby}`)).length;
  const embedPage = brotli(Buffer.from(`<style>${embedStyleInline}</style>${EMBED_AROUND}`)).length;
  const limitOf = (name) => LIMITS[name] ?? (name.startsWith("game:") ? LIMITS.game : LIMITS.chunk);
  // What every page needs is there before the worker takes over; the rest follows while a page rests.
  const needed = new Set([entry, ...routes.lobby, ...routes.room, ...(routes.offline ?? []), pick(".woff2")]);
  const worker = text(
    await script("src/sw/worker.ts", {
      FIRST: JSON.stringify([...needed]),
      LATER: JSON.stringify(Object.keys(assets).filter((name) => !needed.has(name) && name !== url(embedScript))),
    }),
    ".js",
  ).contents;
  await writeFile(join(out, "sw.js"), worker);
  await writeFile(join(out, "sw-off.js"), text(await script("src/sw/off.ts"), ".js").contents);

  const budgets = [
    ["first load (page, style, scripts)", scripts + page],
    ["first load, scripts alone", scripts],
    ["display font", assets[pick(".woff2")].bytes],
    ["service worker", brotli(worker).length],
    ["embed (page, style, script)", embedPage + weight([url(embedScript)])],
    ...Object.entries(chunks).map(([name, urls]) => [name, weight(urls)]).sort(([, a], [, b]) => b - a),
  ].map(([name, bytes]) => ({ name, bytes, limit: limitOf(name) }));

  const id = createHash("sha256").update(JSON.stringify([Object.keys(assets), styleInline, earlyInline, embedStyleInline, skeleton])).digest("hex");
  const manifest = {
    build: id.slice(0, 12),
    entry,
    style_inline: styleInline,
    early_script_inline: earlyInline,
    skeleton,
    worker: { script: "sw.js", off: "sw-off.js" },
    embed: { script: url(embedScript), style_inline: embedStyleInline },
    icon: `data:image/svg+xml,${encodeURIComponent(icon.trim())}`,
    font: pick(".woff2"),
    routes,
    assets,
    budgets,
  };
  await writeFile(join(out, "manifest.json"), JSON.stringify(manifest, null, 1));
  await writeFile(join(out, "budgets.json"), JSON.stringify({ build: manifest.build, budgets }, null, 1));
  for (const { name, bytes, limit } of budgets) {
    const mark = bytes > limit ? "  OVER" : "";
    console.log(`${name.padEnd(36)} ${String(bytes).padStart(6)} B of ${String(limit).padStart(6)} B br${mark}`);
  }
  for (const [route, names] of Object.entries(routes).filter(([name]) => name.startsWith("game:") && name !== "game:module")) {
    const count = new Set([entry, ...routes.room, ...names]).size;
    if (count > FILES_MAX) throw new Error(`a room's page with ${route} asks for ${count} files; browsers open ${FILES_MAX} connections to a host`);
  }
  if (budgets.some(({ bytes, limit }) => bytes > limit)) throw new Error("a budget is exceeded; see the table above");
  await rm(final, { recursive: true, force: true });
  await rename(out, final);
  console.log(`build ${manifest.build}: ${Object.keys(assets).length} files in ${relative(process.cwd(), final) || "."}`);
}

try {
  await build();
} catch (error) {
  await rm(out, { recursive: true, force: true });
  console.error(error.message);
  process.exitCode = 1;
}
