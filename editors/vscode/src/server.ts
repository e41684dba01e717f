// Where the server program is: the setting, else the PATH.

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";

/** The answer to "which program shall be started?". */
export type Server =
  | { readonly found: true; readonly command: string }
  | { readonly found: false; readonly reason: string };

const WINDOWS = process.platform === "win32";

/**
 * Finds the program that `configured` names, or `agentls` on the PATH where it is empty.
 * `folder` is what `${workspaceFolder}` stands for and where relative paths start.
 */
export async function findServer(configured: string, folder: string | undefined): Promise<Server> {
  const wanted = configured.trim();
  if (wanted !== "") {
    const command = resolve(wanted, folder);
    return (await isProgram(command))
      ? { found: true, command }
      : { found: false, reason: `the setting agentls.server.path names ${command}, which is not a program` };
  }
  const onPath = await findOnPath("agentls");
  return onPath === undefined
    ? { found: false, reason: "there is no agentls on the PATH" }
    : { found: true, command: onPath };
}

function resolve(wanted: string, folder: string | undefined): string {
  const base = folder ?? homedir();
  const expanded = wanted
    .replace(/^~(?=$|[\\/])/, () => homedir())
    .replaceAll("${workspaceFolder}", () => base);
  return path.resolve(base, expanded);
}

async function findOnPath(name: string): Promise<string | undefined> {
  const suffixes = WINDOWS ? (process.env["PATHEXT"] ?? ".EXE").split(";").filter((s) => /^\.exe$/i.test(s)) : [""];
  for (const entry of (process.env["PATH"] ?? "").split(path.delimiter)) {
    // A relative entry would let the opened folder choose the program.
    if (!path.isAbsolute(entry)) {
      continue;
    }
    for (const suffix of suffixes) {
      const candidate = path.join(entry, name + suffix);
      if (await isProgram(candidate)) {
        return candidate;
      }
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, WINDOWS ? constants.F_OK : constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
