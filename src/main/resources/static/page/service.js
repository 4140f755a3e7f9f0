// What serves the page: whether it is ready, how far it has come with loading, whether it wants a key, and what it serves.

import {getJson, hasKey, onKeyRefused, useKey} from "./api.js";
import {byId, make, pause} from "./dom.js";
import {facts} from "./model-facts.js";

const PHASES = {opening: "Opening files", verifying: "Verifying checksums", packing: "Packing weights", warming_up: "Warming up"};
const WHILE_LOADING_MS = 500;
const OTHERWISE_MS = 5000;

let shown = "";
let models = [];

/** The model to ask for, as a field of a request. */
export function modelField() {
  const chosen = byId("model").value || models[0];
  return chosen ? {model: chosen} : {};
}

/** Watches the service for as long as the page is open. */
export async function watch() {
  for (;;) {
    const model = await readiness();
    if (model?.status === "UP") {
      await ready();
    } else {
      waiting(model?.details);
    }
    await pause(shown === "loading" || shown === "" ? WHILE_LOADING_MS : OTHERWISE_MS);
  }
}

/** The model's part of readiness, which comes with 503 as well; undefined where nobody answers. */
async function readiness() {
  try {
    return (await (await fetch("readyz", {cache: "no-store"})).json()).components?.model;
  } catch {
    return undefined;
  }
}

function waiting(details) {
  const {phase, percent, reason} = details ?? {phase: "away"};
  switch (phase) {
    case "away":
      // What is on the page stays to be read.
      byId("status").textContent = "The service does not answer.";
      return;
    case "draining":
    case "closed":
      byId("status").textContent = "The service is stopping and takes nothing new.";
      return;
    case "failed":
      show("failed", "The model could not be loaded");
      byId("reason").textContent = reason;
      return;
    default:
      show("loading", "Loading the model");
      progress(phase, percent);
  }
}

function progress(phase, percent) {
  const names = Object.keys(PHASES);
  const at = phase === "ready" ? names.length : names.indexOf(phase);
  byId("phases").replaceChildren(...names.map((name, i) => make("li",
    i === at ? {className: "now", "aria-current": "step"} : {className: i < at ? "past" : ""}, PHASES[name])));
  byId("progress").value = percent;
  byId("percent").textContent = `${percent} %`;
}

async function ready() {
  if (shown === "ready") {
    byId("status").textContent = "Ready";
    return;
  }
  if (shown === "locked" && !hasKey()) {
    return;
  }
  try {
    // An alias has another root than itself.
    models = (await getJson("v1/models")).data.filter(each => each.root === each.id).map(each => each.id);
  } catch (e) {
    if (e.status !== 401) {
      byId("status").textContent = e.message;
    }
    return;
  }
  byId("model").replaceChildren(...models.map(id => make("option", {}, id)));
  byId("model-row").hidden = models.length < 2;
  byId("facts").textContent = await facts(models[0]);
  show("ready", "Ready");
}

/** Shows the part of the page for loading, failed, locked or ready; the style sheet hides the others. */
function show(state, status) {
  byId("status").textContent = status;
  if (shown !== state) {
    shown = state;
    document.body.dataset.state = state;
  }
}

onKeyRefused(message => {
  const wrong = hasKey();
  useKey("");
  show("locked", "An API key is needed");
  byId("key-refusal").textContent = wrong ? message : "";
  byId("key").focus();
});

byId("key-form").addEventListener("submit", event => {
  event.preventDefault();
  useKey(byId("key").value.trim());
  byId("key").value = "";
  ready();
});
