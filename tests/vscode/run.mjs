// All tests, and target/editors/vscode.json. Started by run.sh.

import fs from "node:fs";
import path from "node:path";

import { CodeServer } from "./driver/code-server.mjs";
import { environment } from "./driver/environment.mjs";
import { Run } from "./driver/suite.mjs";
import { startBrowser } from "./driver/workbench.mjs";
import { suites } from "./features/index.mjs";
import { PICTURE, takePictures } from "./pictures.mjs";

const wanted = process.argv.slice(2);
const result = path.join(environment.root, "target", "editors", "vscode.json");
const server = new CodeServer();
let browser;
let run;

const stop = async () => {
  await Promise.allSettled([browser?.close(), server.stop()]);
};
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    console.log("vscode: stopped before the end");
    if (run !== undefined) {
      run.isStopped = true;
    }
    void stop().finally(() => process.exit(1));
  });
}

let isGreen = false;
try {
  await server.start();
  browser = await startBrowser(environment.updatesPictures ? PICTURE : {});
  run = new Run(server, browser, wanted);
  if (environment.updatesPictures) {
    await takePictures(run, wanted);
    await stop();
    process.exit(0);
  }
  if (wanted.length === 0) {
    // What an earlier run wrote must not pass for the result of one that does not come to its end.
    fs.rmSync(result, { force: true });
  }
  await run.all(suites);
  const failed = run.results.filter((result) => !result.ok);
  console.log(`vscode: ${run.results.length - failed.length} passed, ${failed.length} failed`);
  isGreen = failed.length === 0 && run.results.length > 0;
  if (wanted.length === 0 && !run.isStopped) {
    report(run.results);
  }
} finally {
  await stop();
}
process.exit(isGreen ? 0 : 1);

/** Writes what works here, in the form that tests/editors/README.md describes. */
function report(results) {
  const known = JSON.parse(fs.readFileSync(path.join(environment.root, "tests/editors/features.json"), "utf8"));
  const tried = known.map((feature) => feature.id).filter((id) => results.some((result) => result.features.includes(id)));
  const fails = tried.filter((id) => results.some((result) => !result.ok && result.features.includes(id)));
  const summary = {
    editor: "VS Code",
    version: environment.version,
    works: tried.filter((id) => !fails.includes(id)),
    fails,
    lacks: [],
  };
  fs.mkdirSync(path.dirname(result), { recursive: true });
  fs.writeFileSync(result, `${JSON.stringify(summary, null, 2)}\n`);
}
