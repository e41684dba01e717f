// Where the server program is: the setting, else the program in the extension, else the PATH.

import { constants } from "node:fs";
import { access, chmod, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";

/** What is known before the program is looked for. */
export interface Search {
  /** The setting `agentls.server.path`; empty where the user has chosen nothing. */
  readonly configured: string;
  /** What `${workspaceFolder}` stands for and where relative paths start. */
  readonly folder: string | undefined;
  /** The folder of the extension, whose `bin` holds the program in packages for one platform. */
  readonly extension: string;
  /** The environment's `PATH`. */
  readonly path: string;
  /** Folders whose programs are not started, because the user has not trusted them. */
  readonly distrusted: readonly string[];
}

/**
 * The answer to "which program shall be started?". The notes are sentences about programs that
 * are not, because they lie in a folder that is not trusted.
 */
export type Server =
  | { readonly found: true; readonly command: string; readonly notes: readonly string[] }
  | { readonly found: false; readonly reason: string; readonly notes: readonly string[] };

const WINDOWS = process.platform === "win32";

/** Finds the program. A setting that names none is not passed over: the user shall know. */
export async function findServer(search: Search): Promise<Server> {
  const notes: string[] = [];
  const wanted = search.configured.trim();
  if (wanted !== "") {
    const command = resolveSetting(wanted, search.folder);
    if (/\.(?:cmd|bat|ps1)$/i.test(command)) {
      const reason = `the setting agentls.server.path names ${command}, a script; name the agentls.exe that it starts`;
      return { found: false, reason, notes };
    }
    if (await liesIn(search.distrusted, command)) {
      notes.push(`The setting agentls.server.path names ${command}, which lies in a folder that is not trusted.`);
    } else if (await isProgram(command)) {
      return { found: true, command, notes };
    } else {
      const reason = `the setting agentls.server.path names ${command}, which is not a program`;
      return { found: false, reason, notes };
    }
  }

  const bundled = bundledProgram(search.extension, process.platform);
  if ((await isProgram(bundled)) || (await makeProgram(bundled))) {
    return { found: true, command: bundled, notes };
  }

  for (const candidate of programsOnPath(search.path, process.platform)) {
    if (!(await isProgram(candidate))) {
      continue;
    }
    if (!(await liesIn(search.distrusted, candidate))) {
      return { found: true, command: candidate, notes };
    }
    notes.push(`${candidate} on the PATH lies in a folder that is not trusted.`);
  }
  return { found: false, reason: "there is no agentls in the extension or on the PATH", notes };
}

/** Where a package for one platform keeps the program. */
export function bundledProgram(extension: string, platform: NodeJS.Platform): string {
  return path.join(extension, "bin", platform === "win32" ? "agentls.exe" : "agentls");
}

/**
 * The files on `variable` that would be the program, first come first.
 * A relative entry is left out: it would let the opened folder choose the program. On Windows
 * so is `\tools`, which means another place on each drive.
 */
export function programsOnPath(variable: string, platform: NodeJS.Platform): string[] {
  const windows = platform === "win32";
  const paths = windows ? path.win32 : path.posix;
  return variable
    .split(paths.delimiter)
    .map((entry) => (windows ? entry.replace(/^"(.*)"$/, "$1") : entry))
    .filter((entry) => (windows ? /^(?:[a-z]:[\\/]|\\\\[^\\/])/i.test(entry) : paths.isAbsolute(entry)))
    .map((entry) => paths.join(entry, windows ? "agentls.exe" : "agentls"));
}

function resolveSetting(wanted: string, folder: string | undefined): string {
  const base = folder ?? homedir();
  const expanded = wanted.replace(/^~(?=$|[\\/])/, () => homedir()).replaceAll("${workspaceFolder}", () => base);
  return path.resolve(base, expanded);
}

/** Whether `file` is in one of `folders`, as it is written or after all links. */
async function liesIn(folders: readonly string[], file: string): Promise<boolean> {
  const files = [file, await followed(file)];
  for (const folder of folders) {
    const roots = [folder, await followed(folder)];
    if (roots.some((root) => files.some((it) => isInside(root, it)))) {
      return true;
    }
  }
  return false;
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

async function followed(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    return file;
  }
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, WINDOWS ? constants.F_OK : constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Packages that were unpacked by other tools have lost the bit that makes a file a program. */
async function makeProgram(file: string): Promise<boolean> {
  try {
    await chmod(file, 0o755);
    return await isProgram(file);
  } catch {
    return false;
  }
}
