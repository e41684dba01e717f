// All suites, in the order in which they run.

import { commands } from "./commands.mjs";
import { diagnostics } from "./diagnostics.mjs";
import { fixes } from "./fixes.mjs";
import { graph } from "./graph.mjs";
import { hierarchies } from "./hierarchies.mjs";
import { languages } from "./languages.mjs";
import { names } from "./names.mjs";
import { reading } from "./reading.mjs";
import { rename } from "./rename.mjs";
import { missing, untrusted } from "./starting.mjs";
import { twice } from "./twice.mjs";
import { typing } from "./typing.mjs";

export const suites = [
  diagnostics,
  fixes,
  typing,
  reading,
  names,
  hierarchies,
  commands,
  languages,
  rename,
  graph,
  twice,
  missing,
  untrusted,
];
