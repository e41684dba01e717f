// All suites, in the order in which they run.

import { diagnostics } from "./diagnostics.mjs";

export const suites = [diagnostics];
