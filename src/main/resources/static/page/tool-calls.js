// Calls of tools: what may be called, the calls that an answer makes, and the results that the user types for them.

import {byId, make} from "./dom.js";
import {InvalidInput, json} from "./input.js";

const EXAMPLE = [{
  type: "function",
  function: {
    name: "weather",
    description: "The weather in a city, now.",
    parameters: {
      type: "object",
      properties: {city: {type: "string", enum: ["Cusco", "La Paz", "Quito"]}},
      required: ["city"],
      additionalProperties: false,
    },
  },
}];

const box = byId("tools");
const choice = byId("tool-choice");

/** The fields that offer tools; throws {@link InvalidInput}. */
export function toolFields() {
  if (box.value.trim() === "") {
    return {};
  }
  const tools = json(box);
  if (!Array.isArray(tools)) {
    throw new InvalidInput("Tools must be a JSON array.", box);
  }
  const named = choice.selectedOptions[0].dataset.name;
  return {tools, tool_choice: named ? {type: "function", function: {name: named}} : choice.value};
}

/** A call of an answer, with a box for its result. */
export function callCard(call) {
  const result = make("textarea", {rows: 2, className: "result"});
  result.dataset.callId = call.id;
  return make("section", {className: "call"},
    make("h4", {}, "Calls ", make("code", {}, call.function.name)),
    make("pre", {tabIndex: 0}, pretty(call.function.arguments)),
    make("label", {}, `Result of ${call.function.name}`, result));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Offers each function by its name beside auto, none and required. */
function listFunctions() {
  const chosen = choice.value;
  choice.querySelectorAll("[data-name]").forEach(option => option.remove());
  for (const name of names()) {
    const option = make("option", {value: `function ${name}`}, `only ${name}`);
    option.dataset.name = name;
    choice.append(option);
  }
  choice.value = chosen;
  if (choice.selectedIndex < 0) {
    choice.value = "auto";
  }
}

function names() {
  try {
    return JSON.parse(box.value).map(tool => tool.function.name).filter(name => typeof name === "string");
  } catch {
    // Half typed; what is wrong with it is said when it is sent.
    return [];
  }
}

box.addEventListener("input", listFunctions);
byId("tools-example").addEventListener("click", () => {
  box.value = JSON.stringify(EXAMPLE, null, 2);
  listFunctions();
  box.focus();
  box.setSelectionRange(0, 0);
  box.scrollTop = 0;
});
