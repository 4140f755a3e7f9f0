// The way to the service: adds the key, which is kept in this module's memory alone, and turns refusals into errors.

/** What the service answered instead of what was asked for; `param` is the field that it did not like, where it names one. */
export class ApiError extends Error {
  constructor(message, status, param) {
    super(message);
    this.status = status;
    this.param = param;
  }
}

let key = "";
let whenRefused = () => {};

export function useKey(value) {
  key = value;
}

export const hasKey = () => key !== "";

/** Calls `listener` with the service's words whenever it wants a key, or another one. */
export function onKeyRefused(listener) {
  whenRefused = listener;
}

/** The absolute address of a path, which is relative to the page: a proxy may serve it below a path of its own. */
export const address = path => new URL(path, document.baseURI).href;

export const getJson = async path => (await ask(path, {cache: "no-store"})).json();

export const getText = async path => (await ask(path, {cache: "no-store"})).text();

/** Posts `body` as JSON; gives the response, whose body is a stream of what comes after the event `lastId`, or of everything. */
export function post(path, body, signal, lastId) {
  const headers = {"Content-Type": "application/json", ...(lastId !== "" && {"Last-Event-ID": lastId})};
  return ask(path, {method: "POST", headers, body: JSON.stringify(body), signal});
}

async function ask(path, options) {
  const headers = {...options.headers, ...(hasKey() && {Authorization: `Bearer ${key}`})};
  let response;
  try {
    response = await fetch(address(path), {...options, headers});
  } catch (e) {
    throw e.name === "AbortError" ? e : new ApiError("The service does not answer.", 0);
  }
  if (response.ok) {
    return response;
  }
  const error = await refusal(response);
  if (error.status === 401) {
    whenRefused(error.message);
  }
  throw error;
}

async function refusal(response) {
  try {
    const {error} = await response.json();
    return new ApiError(error.message, response.status, error.param);
  } catch {
    // A proxy between has its own words, or none.
    return new ApiError(`The answer was HTTP ${response.status}.`, response.status);
  }
}
