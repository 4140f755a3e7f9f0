// What the text has to follow: free text, JSON, a JSON Schema, a regular expression, choices or a grammar.

import {byId} from "./dom.js";
import {json} from "./input.js";

const EXAMPLES = {
  json_schema: JSON.stringify({
    type: "object",
    properties: {name: {type: "string", maxLength: 20}, age: {type: "integer", minimum: 0, maximum: 120}},
    required: ["name", "age"],
    additionalProperties: false,
  }, null, 2),
  regex: "[A-Z][a-z]{2,9}( [A-Z][a-z]{2,9})?",
  choice: "yes\nno",
  grammar: 'root ::= ("ha" | "ho")+ "!"',
};

const LABELS = {
  json_schema: "JSON Schema",
  regex: "Regular expression",
  choice: "Choices, one on each line",
  grammar: "Grammar in GBNF",
};

const select = byId("format");
const source = byId("format-source");

/** The fields that ask for the format. */
export function textFormat() {
  const text = source.value;
  switch (select.value) {
    case "json_object": return {response_format: {type: "json_object"}};
    case "json_schema": return {response_format: {type: "json_schema", json_schema: {name: "answer", schema: json(source)}}};
    case "choice": return {structured_outputs: {choice: text.split("\n").filter(line => line !== "")}};
    case "regex": return {structured_outputs: {regex: text}};
    case "grammar": return {structured_outputs: {grammar: text}};
    default: return {};
  }
}

// Each format keeps what was typed for it.
const typed = {...EXAMPLES};
let current = "text";
select.addEventListener("change", () => {
  typed[current] = source.value;
  current = select.value;
  byId("format-box").hidden = !(current in LABELS);
  byId("format-label").textContent = LABELS[current] ?? "";
  source.value = typed[current] ?? "";
});
