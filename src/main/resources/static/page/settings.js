// The settings that both tabs share. What is left empty is not sent: the service has its own defaults.

import {byId} from "./dom.js";
import {InvalidInput} from "./input.js";
import {textFormat} from "./text-format.js";

const NUMBERS = [
  "max_tokens", "min_tokens", "temperature", "top_p", "top_k", "min_p", "n",
  "presence_penalty", "frequency_penalty", "repetition_penalty",
];
const ESCAPES = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"};
const SEED = /^-?\d{1,15}$/;

/** The fields of a request that the settings come to; throws {@link InvalidInput}. */
export function settings() {
  const fields = {};
  const form = byId("settings");
  for (const name of NUMBERS) {
    const input = form.elements[name];
    if (input.validity.badInput) {
      throw new InvalidInput(`${name} must be a number.`, input);
    }
    if (input.value !== "") {
      fields[name] = Number(input.value);
    }
  }
  return {...fields, ...seed(form.elements.seed), ...stop(form.elements.stop), ...textFormat()};
}

/** How many alternatives to ask for with each token; null for no probabilities at all. */
export function alternatives() {
  const {value} = byId("settings").elements.alternatives;
  return value === "" ? null : Number(value);
}

/** A seed has 64 bits, and a number of JavaScript 53. */
function seed(input) {
  const text = input.value.trim();
  if (text === "") {
    return {};
  }
  if (!SEED.test(text)) {
    throw new InvalidInput("seed must be a whole number of at most 15 digits.", input);
  }
  return {seed: Number(text)};
}

function stop(input) {
  const texts = input.value.split("\n").filter(line => line !== "")
    .map(line => line.replace(/\\[nt\\]/g, escape => ESCAPES[escape]));
  return texts.length === 0 ? {} : {stop: texts};
}

/** The setting that a refusal names, if it is one of these. */
export function settingNamed(param) {
  const input = byId("settings").elements[param];
  return input instanceof HTMLElement ? input : null;
}
