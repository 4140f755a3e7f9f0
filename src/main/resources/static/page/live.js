// What the service is doing now: queue, batch and KV memory, from its metrics, while somebody looks.

import {getText} from "./api.js";
import {byId, pause} from "./dom.js";
import {kvBytes, size} from "./model-facts.js";
import {drawCurve} from "./curve.js";

const INTERVAL_MS = 1500;
const SAMPLES = 80;
const rates = [];
let before = null;

/** Shows the service's load for as long as the page is open and the service is ready. */
export async function follow() {
  for (;;) {
    if (document.body.dataset.state === "ready") {
      await sample();
    }
    await pause(INTERVAL_MS);
  }
}

async function sample() {
  let metrics;
  try {
    metrics = {...parsed(await getText("metrics")), at: performance.now()};
  } catch (e) {
    byId("live-note").textContent = e.message;
    return;
  }
  byId("live-note").textContent = "";
  show(metrics);
  before = metrics;
}

/** Our own series without labels, by name. */
function parsed(text) {
  const values = {};
  for (const [, name, value] of text.matchAll(/^altiplano_(\w+) (\S+)$/gm)) {
    values[name] = Number(value);
  }
  return values;
}

function show(now) {
  const put = (id, text) => byId(id).textContent = text;
  const running = now.requests_running;
  put("live-waiting", number(now.requests_waiting));
  put("live-queue", `waiting, ${counted(now.queue_tokens, "prompt token")}`);
  // What took part in the last step has ended where nothing runs.
  const sequences = running === 0 ? 0 : now.sequences_running;
  put("live-sequences", number(sequences));
  put("live-batch", `${sequences === 1 ? "sequence" : "sequences"}, ${counted(running, "request")}, ${counted(rowsOfAStep(now), "row")} a step`);
  memory(now);
  rates.push(since(now, "generated_tokens_total"));
  rates.splice(0, rates.length - SAMPLES);
  put("live-rate", number(Math.round(rates.at(-1))));
  drawCurve(byId("live-curve"), rates, SAMPLES);
}

const number = value => value.toLocaleString("en");
const counted = (value, name) => `${number(value)} ${name}${value === 1 ? "" : "s"}`;

function memory({kv_blocks: all, kv_blocks_used: used, kv_blocks_cached: cached}) {
  const part = blocks => all === 0 ? 0 : blocks / all;
  byId("live-used").style.inlineSize = `${part(used) * 100}%`;
  byId("live-cached").style.inlineSize = `${part(cached) * 100}%`;
  const inBytes = kvBytes() === 0 ? "" : ` (${size(part(used) * kvBytes())} of ${size(kvBytes())})`;
  byId("live-kv").textContent = `${number(used)} of ${number(all)} blocks in use${inBytes}, ${number(cached)} kept for reuse`;
}

/** Token rows of a step since the last sample, on average. */
function rowsOfAStep(now) {
  if (!before || now.step_rows_count <= before.step_rows_count) {
    return 0;
  }
  const rows = (now.step_rows_sum - before.step_rows_sum) / (now.step_rows_count - before.step_rows_count);
  return Math.round(rows * 10) / 10;
}

/** How much a counter has grown each second since the last sample. */
function since(now, name) {
  return before ? Math.max(0, now[name] - before[name]) / ((now.at - before.at) / 1000) : 0;
}
