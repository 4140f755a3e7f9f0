// Server-sent events as the service writes them: one JSON object for each event, comments as heartbeats, [DONE] at the end.

import {ApiError} from "./api.js";

/** The objects of a stream until its end; an error that the service sends in the middle is thrown. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {value, done} = await reader.read();
    if (done) {
      throw new ApiError("The stream broke off.", 0);
    }
    const complete = (rest + value).split("\n\n");
    rest = complete.pop();
    for (const event of complete) {
      if (event === "data: [DONE]") {
        return;
      }
      if (event.startsWith("data: ")) {
        yield checked(JSON.parse(event.slice("data: ".length)));
      }
    }
  }
}

function checked(chunk) {
  if (chunk.error) {
    throw new ApiError(chunk.error.message, 0, chunk.error.param);
  }
  return chunk;
}
