// The card that shows a token's probability and what else it could have been: under the pointer, a finger or the keyboard's focus.

import {announce, byId, make} from "./dom.js";
import {tokensBehind} from "./token-text.js";
import {percent, visible} from "./tokens.js";

const GAP_PIXELS = 6;
const LINGER_MS = 200;

let shown = null;
let hiding = 0;

/** Lets the tokens in `text` be looked at. It becomes one stop of the Tab key; arrow keys go through its tokens. */
export function inspectable(text) {
  text.tabIndex = 0;
  text.addEventListener("pointerover", event => pointed(event.target));
  text.addEventListener("click", event => pointed(event.target));
  text.addEventListener("pointerleave", hideSoon);
  text.addEventListener("blur", hide);
  text.addEventListener("keydown", event => {
    if (event.key === "Escape" && shown) {
      event.stopPropagation();
      hide();
      return;
    }
    const next = neighbour(text, event.key);
    if (next) {
      event.preventDefault();
      show(next);
      announce(spoken(tokensBehind(next)));
    }
  });
}

function neighbour(text, key) {
  const tokens = text.getElementsByClassName("token");
  const at = shown?.parentElement === text ? [].indexOf.call(tokens, shown) : -1;
  switch (key) {
    case "ArrowRight": return tokens[Math.min(at + 1, tokens.length - 1)];
    case "ArrowLeft": return tokens[Math.max(at - 1, 0)];
    case "Home": return tokens[0];
    case "End": return tokens[tokens.length - 1];
    default: return null;
  }
}

function pointed(target) {
  const token = target.closest(".token");
  if (token) {
    show(token);
  }
}

function show(token) {
  clearTimeout(hiding);
  shown?.classList.remove("inspected");
  shown = token;
  shown.classList.add("inspected");
  const card = byId("inspector");
  card.replaceChildren(...tokensBehind(token).map(table));
  card.hidden = false;
  place(card, token);
}

/** Below the token, or above where there is no room, and always inside the window. */
function place(card, token) {
  const [first] = token.lastElementChild.getClientRects();
  const {width, height} = card.getBoundingClientRect();
  const left = Math.max(GAP_PIXELS, Math.min(first.left, document.documentElement.clientWidth - width - GAP_PIXELS));
  const below = first.bottom + GAP_PIXELS;
  const top = below + height < innerHeight ? below : Math.max(GAP_PIXELS, first.top - GAP_PIXELS - height);
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${top + scrollY}px`;
}

function hideSoon() {
  clearTimeout(hiding);
  hiding = setTimeout(hide, LINGER_MS);
}

function hide() {
  clearTimeout(hiding);
  shown?.classList.remove("inspected");
  shown = null;
  byId("inspector").hidden = true;
}

function table(token) {
  const rows = token.alternatives.map(each => {
    const bar = make("i", {className: "bar"});
    bar.style.inlineSize = `${Math.max(1, each.probability * 100)}%`;
    const chosen = each.text === token.text;
    return make("tr", chosen ? {className: "chosen"} : {},
      make("th", {scope: "row"}, make("code", {}, visible(each.text))),
      make("td", {}, percent(each.probability)),
      make("td", {className: "track"}, bar));
  });
  return make("table", {}, make("tbody", {}, ...rows));
}

function spoken(tokens) {
  const one = each => `${each.text.trim() || "white space"} ${percent(each.probability)}`;
  return tokens.map(token => {
    const others = token.alternatives.filter(each => each.text !== token.text);
    return one(token) + (others.length > 0 ? `; instead: ${others.map(one).join(", ")}` : "");
  }).join(". ");
}

byId("inspector").addEventListener("pointerenter", () => clearTimeout(hiding));
byId("inspector").addEventListener("pointerleave", hideSoon);
addEventListener("resize", hide);
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && shown) {
    hide();
  }
});
