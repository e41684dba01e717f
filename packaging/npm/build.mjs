// Makes the folders that `npm pack` makes packages of.
//
//   node build.mjs --out DIR                                     the package agentls
//   node build.mjs --target TRIPLE --binary PATH --out DIR       the one with the program
//
// Prints the folder that it made.
import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeNotices } from "../notices.mjs";
import { version } from "../version.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const targets = await json(join(here, "../targets.json"));
const template = await json(join(here, "package.json"));
const { values: options } = parseArgs({
  options: {
    target: { type: "string" },
    binary: { type: "string" },
    out: { type: "string" },
  },
});

if (options.out === undefined || (options.target === undefined) !== (options.binary === undefined)) {
  throw new Error("usage: build.mjs [--target TRIPLE --binary PATH] --out DIR");
}
console.log(
  options.target === undefined
    ? await main(options.out)
    : await platform(options.target, options.binary, options.out),
);

/** The package that people install: it finds the program and runs it. */
async function main(out) {
  const optionalDependencies = {};
  for (const target of Object.values(targets)) {
    optionalDependencies[packageName(target)] = version;
  }
  const folder = await fresh(out, "agentls", { ...template, version, optionalDependencies });
  await cp(join(here, "bin"), join(folder, "bin"), { recursive: true });
  await copyFile(join(here, "README.md"), join(folder, "README.md"));
  return folder;
}

/** The package that holds the program for one platform. */
async function platform(triple, binary, out) {
  const target = targets[triple];
  if (target === undefined) {
    throw new Error(`${triple} is none of ${Object.keys(targets).join(", ")}`);
  }
  const name = packageName(target);
  const { license } = template;
  const description = `The program of the package agentls for ${triple}.`;
  const folder = await fresh(out, name, {
    name,
    version,
    description,
    license,
    os: [target.os],
    cpu: [target.cpu],
    ...(target.libc && { libc: [target.libc] }),
    // A program in an archive cannot be run.
    preferUnplugged: true,
  });
  const program = join(folder, target.os === "win32" ? "agentls.exe" : "agentls");
  await copyFile(binary, program);
  await chmod(program, 0o755);
  await writeFile(join(folder, "README.md"), `# ${name}\n\n${description} Install agentls instead.\n`);
  await writeNotices(triple, folder);
  return folder;
}

/** A new folder with what all packages have. */
async function fresh(out, name, manifest) {
  const folder = join(out, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const license of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    await copyFile(join(root, license), join(folder, license));
  }
  return folder;
}

function packageName({ npm }) {
  return `@agentls/${npm}`;
}

async function json(path) {
  return JSON.parse(await readFile(path, "utf8"));
}
