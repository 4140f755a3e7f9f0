"use strict";
// The start page: shows what is served, streams a completion, and writes the same as a curl line.

const element = id => document.getElementById(id);
let running = null;

async function status() {
  try {
    const ready = await (await fetch("health/readiness", {cache: "no-store"})).json();
    const model = ready.components.model;
    if (model.status === "UP") {
      const info = await (await fetch("actuator/info", {cache: "no-store"})).json();
      const m = info.model;
      const formats = Object.keys(m.weightFormats).join(", ");
      element("status").textContent =
        `${m.id}: ${count(m.parameters)} parameters (${formats}), context ${m.contextLength} tokens, computed by ${info.backend.name}`;
      return;
    }
    const d = model.details;
    element("status").textContent = d.reason ? `Not ready: ${d.reason}`
      : `Not ready: ${d.phase.replaceAll("_", " ")}${d.percent === undefined ? "" : ` ${d.percent} %`}`;
  } catch (e) {
    element("status").textContent = "The service does not answer.";
  }
  setTimeout(status, 1000);
}

function count(n) {
  return n >= 1e9 ? `${(n / 1e9).toFixed(1)} billion` : n >= 1e6 ? `${(n / 1e6).toFixed(1)} million` : String(n);
}

function request() {
  return {
    prompt: element("prompt").value,
    max_tokens: Number(element("tokens").value),
    temperature: Number(element("temperature").value),
    stream: true,
  };
}

function curl() {
  const body = JSON.stringify(request()).replaceAll("'", "'\\''");
  element("curl").textContent =
    `curl -N ${location.origin}/v1/completions -H 'Content-Type: application/json' -d '${body}'`;
}

async function complete(event) {
  event.preventDefault();
  running?.abort();
  const mine = running = new AbortController();
  const body = {...request(), stream_options: {include_usage: true}};
  const output = element("text");
  const prompt = document.createElement("span");
  prompt.className = "prompt";
  prompt.textContent = body.prompt;
  output.replaceChildren(prompt);
  element("speed").textContent = "";
  element("stop").disabled = false;
  const begin = performance.now();
  let first = 0;
  try {
    const response = await fetch("v1/completions", {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify(body),
      signal: mine.signal,
    });
    if (!response.ok) {
      throw new Error((await response.json()).error.message);
    }
    for await (const chunk of chunks(response.body)) {
      if (chunk.error) {
        throw new Error(chunk.error.message);
      }
      if (chunk.choices.length > 0) {
        first ||= performance.now();
        output.append(chunk.choices[0].text);
      } else {
        const seconds = (performance.now() - first) / 1000;
        const tokens = chunk.usage.completion_tokens;
        const rate = tokens > 1 ? `, ${((tokens - 1) / seconds).toFixed(1)} tokens/s` : "";
        element("speed").textContent =
          `${tokens} tokens, the first after ${Math.round(first - begin)} ms${rate}`;
      }
    }
  } catch (e) {
    if (e.name !== "AbortError") {
      const error = document.createElement("span");
      error.className = "error";
      error.textContent = ` ${e.message}`;
      output.append(error);
    }
  } finally {
    if (running === mine) {
      element("stop").disabled = true;
    }
  }
}

/** The JSON of each event until [DONE]. */
async function* chunks(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {value, done} = await reader.read();
    if (done) {
      return;
    }
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      if (event === "data: [DONE]") {
        return;
      }
      if (event.startsWith("data: ")) {
        yield JSON.parse(event.slice(6));
      }
    }
  }
}

element("form").addEventListener("submit", complete);
element("form").addEventListener("input", curl);
element("stop").addEventListener("click", () => running?.abort());
curl();
status();
