// Bundles the tests as the client is bundled and runs them by `node --test`. Arguments are passed on (--test-name-pattern=…).

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const sources = (await readdir(here)).filter((name) => name.endsWith(".test.ts")).map((name) => join(here, name));
const out = await mkdtemp(join(tmpdir(), "kibitz-web-tests-"));
try {
  await esbuild.build({
    entryPoints: sources,
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
    define: {
      "process.env.CASES": JSON.stringify(join(here, "../../../tests/cases")),
      "process.env.WEB": JSON.stringify(join(here, "..")),
    },
  });
  const files = (await readdir(out)).map((name) => join(out, name));
  const run = spawnSync(process.execPath, ["--test", "--test-reporter=spec", "--enable-source-maps", ...process.argv.slice(2), ...files], { stdio: "inherit" });
  process.exitCode = run.status ?? 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
