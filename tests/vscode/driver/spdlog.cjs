// Stands in for `@vscode/spdlog`, which VS Code writes its logs with, the output of extensions
// among them. The real one would have to be compiled; without either, VS Code shows no output.

const fs = require("node:fs");
const path = require("node:path");

const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"];

class Logger {
  #file;
  #level = LEVELS.indexOf("info");
  #isRaw = false;

  constructor(_type, _name, file) {
    this.#file = file;
  }

  setLevel(level) {
    this.#level = level;
  }

  getLevel() {
    return this.#level;
  }

  // Whoever clears the format writes whole lines himself.
  clearFormatters() {
    this.#isRaw = true;
  }

  setPattern() {}
  flush() {}
  drop() {}

  write(level, message) {
    if (level < this.#level) {
      return;
    }
    const line = this.#isRaw ? message : `${new Date().toISOString()} [${LEVELS[level]}] ${message}\n`;
    fs.appendFileSync(this.#file, line);
  }
}

for (const [level, name] of LEVELS.entries()) {
  Logger.prototype[name] = function (message) {
    this.write(level, message);
  };
}

async function create(type, name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger(type, name, file);
}

// One by one, so that a module of the other kind finds the names.
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = (name, file) => create("rotating", name, file);
exports.createAsyncRotatingLogger = (name, file) => create("rotating_async", name, file);
