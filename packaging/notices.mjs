// The licences of what the program is linked with: node notices.mjs --target TRIPLE --out DIR
import { execFileSync } from "node:child_process";
import { copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Packages under the MIT licence that ship no text of it, with what their repositories say. */
const WITHOUT_TEXT = {
  "tree-sitter-md": "Copyright (c) 2021 Matthias Deiml",
};

/** What is linked in beside the packages, under the MIT licence too. */
const LIBRARY = {
  name: "The standard library of Rust",
  license: "MIT OR Apache-2.0",
  repository: "https://github.com/rust-lang/rust",
  copyright: "Copyright (c) The Rust Project Contributors",
};
const MUSL = {
  name: "musl",
  license: "MIT",
  repository: "https://git.musl-libc.org/cgit/musl",
  copyright: "Copyright (c) 2005-2020 Rich Felker, et al.",
};

const RULER = `${"-".repeat(80)}\n`;

/** Writes the licences of the packages and those of Rust's own library into a folder. */
export async function writeNotices(triple, folder) {
  await writeFile(join(folder, "THIRD-PARTY-LICENSES.txt"), await notices(triple));
  const sysroot = execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).trim();
  const library = join(sysroot, "share/doc/rust/COPYRIGHT-library.html");
  await copyFile(library, join(folder, "RUST-STANDARD-LIBRARY-LICENSES.html"));
}

/** The licence texts of all packages, each text once. */
async function notices(triple) {
  const packagesByText = new Map();
  const libraries = triple.endsWith("-musl") ? [LIBRARY, MUSL] : [LIBRARY];
  for (const it of [...packages(triple), ...libraries]) {
    for (const text of await texts(it)) {
      packagesByText.set(text, [...(packagesByText.get(text) ?? []), it]);
    }
  }
  const parts = [...packagesByText].map(([text, owners]) => {
    const lines = owners.map(
      ({ name, version, license, repository }) =>
        `${name}${version ? ` ${version}` : ""} (${license}), ${repository}`,
    );
    return `${lines.join("\n")}\n\n${text}`;
  });
  const head =
    "The program agentls is linked with these packages. Above each licence stand those to which\n" +
    "it belongs, with the place of their source.\n";
  return [head, ...parts].join(`\n${RULER}\n`);
}

/** The packages of others that the program is linked with, by name. */
function packages(triple) {
  const arguments_ = ["metadata", "--format-version", "1", "--locked", "--filter-platform", triple];
  const metadata = JSON.parse(
    execFileSync("cargo", arguments_, { cwd: root, maxBuffer: 1 << 28, encoding: "utf8" }),
  );
  const byId = new Map(metadata.packages.map((it) => [it.id, it]));
  const nodes = new Map(metadata.resolve.nodes.map((it) => [it.id, it]));
  const program = metadata.packages.find(({ name }) => name === "agentls").id;

  const reached = new Set([program]);
  for (const id of reached) {
    for (const { pkg, dep_kinds } of nodes.get(id).deps) {
      const isLinked = dep_kinds.some(({ kind }) => kind === null);
      const runsInCompiler = byId.get(pkg).targets.some(({ kind }) => kind.includes("proc-macro"));
      if (isLinked && !runsInCompiler) {
        reached.add(pkg);
      }
    }
  }
  return [...reached]
    .map((id) => byId.get(id))
    .filter(({ source }) => source !== null)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The licence texts that a package ships, without differences in white space. */
async function texts(it) {
  const copyright = it.copyright ?? WITHOUT_TEXT[it.name];
  if (copyright !== undefined) {
    const ours = await readFile(join(root, "LICENSE-MIT"), "utf8");
    return [trimmed(ours.replace(/^Copyright.*$/m, copyright))];
  }
  const folder = dirname(it.manifest_path);
  const files = (await readdir(folder)).filter((name) =>
    /^(licen[cs]e|unlicense|copying|copyright|notice)/i.test(name),
  );
  if (files.length === 0) {
    throw new Error(`${it.name} ${it.version} ships no licence text: see WITHOUT_TEXT`);
  }
  const read = files.sort().map((name) => readFile(join(folder, name), "utf8"));
  return (await Promise.all(read)).map(trimmed);
}

function trimmed(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  return `${lines.join("\n").replace(/^\n+|\n+$/g, "")}\n`;
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === "notices.mjs") {
  const { values } = parseArgs({ options: { target: { type: "string" }, out: { type: "string" } } });
  await writeNotices(values.target, values.out);
}
