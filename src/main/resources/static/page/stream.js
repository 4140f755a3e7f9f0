// Streams of server-sent events as the service writes them: each an id and one JSON object, comments as heartbeats, [DONE] at the end.

import {ApiError, post} from "./api.js";

const TRIES = 5;
const RETRY_MS = 1000;
/** What a service that is being replaced, or a proxy before it, answers for a while; 0 is no answer. */
const PASSING = new Set([0, 502, 503, 504]);

/**
 * Posts a request and gives the objects of its stream until the end. Where the connection breaks, it asks for what comes after the
 * last event that it has; an error that the service sends in the middle is thrown, unless it is
 * only that it stops.
 */
export async function* stream(path, body, signal) {
  let lastId = "";
  for (let tries = 0; ; tries++) {
    try {
      const response = await post(path, body, signal, lastId);
      for await (const {id, data} of events(response.body)) {
        lastId = id ?? lastId;
        tries = 0;
        yield object(data);
      }
      return;
    } catch (e) {
      if (lastId === "" || tries === TRIES || !PASSING.has(e.status)) {
        throw e;
      }
    }
    await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {value, done} = await next(reader);
    if (done) {
      throw broken();
    }
    const complete = (rest + value).split("\n\n");
    rest = complete.pop();
    for (const event of complete.map(fields)) {
      if (event.data === "[DONE]") {
        return;
      }
      if (event.data !== undefined) {
        yield event;
      }
    }
  }
}

async function next(reader) {
  try {
    return await reader.read();
  } catch (e) {
    throw e.name === "AbortError" ? e : broken();
  }
}

const broken = () => new ApiError("The connection broke off.", 0);

/** The lines of an event by their names. */
const fields = event => Object.fromEntries(event.split("\n").map(line => {
  const colon = line.indexOf(": ");
  return [line.slice(0, colon), line.slice(colon + 2)];
}));

function object(data) {
  const chunk = JSON.parse(data);
  if (chunk.error) {
    // A service that stops in the middle says so with no other status, and another one has the rest.
    throw new ApiError(chunk.error.message, chunk.error.code === "stopping" ? 503 : null, chunk.error.param);
  }
  return chunk;
}
