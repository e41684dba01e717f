// Bundles the extension into one file, so that the package needs no node_modules,
// and gathers the licences of what went into it.
import { readFile, readdir, writeFile } from "node:fs/promises";
import * as esbuild from "esbuild";

const minify = process.argv.includes("--minify");
const options = {
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  bundle: true,
  platform: "node",
  // The Node of the oldest VS Code in `engines` (1.91).
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  minify,
  sourcemap: minify ? false : "linked",
  metafile: true,
  logLevel: "info",
};

if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  const { metafile } = await esbuild.build(options);
  await writeFile("out/THIRD-PARTY-NOTICES.txt", await notices(metafile));
}

/** The licence texts of all packages that the bundle holds. */
async function notices(metafile) {
  const folders = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) {
      folders.add(folder);
    }
  }
  const parts = [];
  for (const folder of [...folders].sort()) {
    const manifest = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) {
      throw new Error(`${manifest.name} ships no licence text`);
    }
    const text = await readFile(`${folder}/${file}`, "utf8");
    parts.push(`${manifest.name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}
