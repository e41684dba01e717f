// Writes the settings that `.agentls.yaml` has too into package.json, from the schema of that
// file. With --check: fails where package.json says something else.
import { readFile, writeFile } from "node:fs/promises";

const WINS = "A `.agentls.yaml` in the workspace wins.";

const schema = JSON.parse(await readFile("schemas/agentls.schema.json", "utf8"));
const before = await readFile("package.json", "utf8");
const manifest = JSON.parse(before);
const settings = manifest.contributes.configuration.flatMap((section) => Object.entries(section.properties));
for (const [name, property] of Object.entries(schema.properties)) {
  const setting = settings.find(([key]) => key === `agentls.${name}`)?.[1];
  if (setting === undefined) {
    throw new Error(`package.json has no setting agentls.${name}, which .agentls.yaml has`);
  }
  // What the schema does not know stays.
  Object.assign(setting, shape(property), { markdownDescription: `${property.description} ${WINS}` });
}

const after = `${JSON.stringify(manifest, undefined, 2)}\n`;
if (!process.argv.includes("--check")) {
  await writeFile("package.json", after);
} else if (after !== before) {
  console.error("The settings are not those of .agentls.yaml: run npm run settings");
  process.exitCode = 1;
}

/** What VS Code's page of settings needs of a schema: one type, and no pages of rules. */
function shape(property) {
  const type = [property.type].flat().find((it) => it !== "null");
  switch (type) {
    case "array":
      return { type, items: { type: "string" } };
    case "object":
      return {
        type,
        ...(property.properties && { properties: mapped(property.properties, described) }),
        additionalProperties: property.additionalProperties && { type: "string", ...property.additionalProperties },
      };
    default:
      return { type };
  }
}

function described(property) {
  return property.enum
    ? { type: "string", enum: property.enum, markdownDescription: property.description }
    : { ...shape(property), markdownDescription: property.description };
}

function mapped(properties, change) {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, change(property)]));
}
