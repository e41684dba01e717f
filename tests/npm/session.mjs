// Speaks to the server as an editor does, through the package and to the program itself, and
// compares how both end: node session.mjs SHIM PROGRAM
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const [shim, program] = process.argv.slice(2);

class Session {
  #received = Buffer.alloc(0);

  constructor(command) {
    this.child = spawn(command, ["server", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = once(this.child, "exit");
    this.child.stdout.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.child.emit("received");
    });
  }

  send(message) {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** The answer to the request of that id. */
  async answer(id) {
    for (;;) {
      const message = this.#next();
      if (message === undefined) {
        await once(this.child, "received");
      } else if (message.id === id && message.method === undefined) {
        return message.result;
      }
    }
  }

  #next() {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) {
      return undefined;
    }
    const length = Number(/Content-Length: (\d+)/i.exec(this.#received.toString("latin1", 0, end))[1]);
    const start = end + 4;
    if (this.#received.length < start + length) {
      return undefined;
    }
    const body = this.#received.toString("utf8", start, start + length);
    this.#received = this.#received.subarray(start + length);
    return JSON.parse(body);
  }

  async initialized() {
    const params = { processId: process.pid, rootUri: null, capabilities: {} };
    this.send({ id: 1, method: "initialize", params });
    const { serverInfo } = await this.answer(1);
    assert.equal(serverInfo.name, "agentls");
    this.send({ method: "initialized", params: {} });
    return this;
  }
}

/** The ways in which a session ends; each gives the exit code and the signal. */
const ends = {
  async "shutdown and exit"(session) {
    session.send({ id: 2, method: "shutdown" });
    assert.equal(await session.answer(2), null);
    session.send({ method: "exit" });
    return session.ended;
  },
  async "the end of its input"(session) {
    session.child.stdin.end();
    return session.ended;
  },
  async SIGTERM(session) {
    session.child.kill("SIGTERM");
    return session.ended;
  },
  async SIGINT(session) {
    session.child.kill("SIGINT");
    return session.ended;
  },
};

for (const [name, end] of Object.entries(ends)) {
  const direct = await end(await new Session(program).initialized());

  const session = await new Session(shim).initialized();
  const { pid } = session.child;
  const servers = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  assert.equal(servers.length, 1);
  assert.deepEqual(await end(session), direct, name);
  // The program never outlives what started it.
  while (existsSync(`/proc/${servers[0]}`)) {
    await pause(10);
  }
}
