// The line for a shell that sends what the page has just sent. The key is not in it: the shell takes it from ALTIPLANO_KEY.

import {address, hasKey} from "./api.js";
import {announce, byId} from "./dom.js";

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Shows the line of a request. */
export function showCurl(path, body) {
  byId("curl").textContent = curl(path, body);
  byId("sent").hidden = false;
}

function curl(path, body) {
  const parts = [`curl ${body.stream ? "-N " : ""}${quoted(address(path))}`, "-H 'Content-Type: application/json'"];
  if (hasKey()) {
    parts.push('-H "Authorization: Bearer $ALTIPLANO_KEY"');
  }
  parts.push(`-d ${quoted(JSON.stringify(body))}`);
  return parts.join(" \\\n  ");
}

/** A word of a POSIX shell: between single quotes nothing is special but the quote itself. */
function quoted(text) {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

byId("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(byId("curl").textContent);
    announce("Copied.");
  } catch {
    // Browsers give the clipboard to pages of secure origins alone: the line is selected instead.
    getSelection().selectAllChildren(byId("curl"));
    announce("Selected: copy it with the keyboard.");
  }
});
