// A copy of the example team, with a few files of our own beside it.

import fs from "node:fs";
import path from "node:path";

import { environment } from "./environment.mjs";

let copies = 0;

export class Team {
  constructor() {
    copies += 1;
    this.folder = path.join(environment.work, `team-${copies}`, "shop");
    fs.cpSync(path.join(environment.root, "examples"), this.folder, { recursive: true });
  }

  /** @param {string} file */
  path(file) {
    return path.join(this.folder, file);
  }

  /** @param {string} file */
  read(file) {
    return fs.readFileSync(this.path(file), "utf8");
  }

  /** @param {string} file */
  exists(file) {
    return fs.existsSync(this.path(file));
  }

  /**
   * @param {string} file
   * @param {string} text
   */
  write(file, text) {
    fs.mkdirSync(path.dirname(this.path(file)), { recursive: true });
    fs.writeFileSync(this.path(file), text);
  }

  /** @param {string} file */
  remove(file) {
    fs.rmSync(this.path(file));
  }

  /**
   * Where `text` starts first in a file as it is on disk. Line and column count from one, the
   * column in UTF-16 code units.
   * @param {string} file
   * @param {string} text
   */
  place(file, text) {
    const content = this.read(file);
    const at = content.indexOf(text);
    if (at < 0) {
      throw new Error(`${file} does not hold ${JSON.stringify(text)}`);
    }
    const before = content.slice(0, at).split("\n");
    return { line: before.length, column: before.at(-1).length + 1 };
  }
}
