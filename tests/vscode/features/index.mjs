// All suites, in the order in which they run.

import { diagnostics } from "./diagnostics.mjs";
import { fixes } from "./fixes.mjs";
import { hierarchies } from "./hierarchies.mjs";
import { languages } from "./languages.mjs";
import { names } from "./names.mjs";
import { reading } from "./reading.mjs";
import { rename } from "./rename.mjs";
import { missing, trusted, untrusted } from "./starting.mjs";
import { typing } from "./typing.mjs";

export const suites = [diagnostics, fixes, typing, reading, names, hierarchies, rename, languages, missing, untrusted, trusted];
