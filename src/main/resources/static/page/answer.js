// One choice of an answer while it comes: its text token by token, its calls of tools, and why it ended.

import {make} from "./dom.js";
import {inspectable} from "./inspector.js";
import {TokenText} from "./token-text.js";
import {callCard} from "./tool-calls.js";

const ENDS = {
  stop: "",
  done: "",
  tool_calls: "",
  length: "cut: max_tokens or the context was reached",
  stopped: "stopped",
  failed: "broken off",
};

/** An answer's choice and its place on the page. */
export class Answer {
  element;
  text = "";
  calls = [];
  #tokens;
  #body;
  #cards = make("div", {className: "calls"});
  #end = make("p", {className: "end"});

  /** @param {string} name what screen readers call it */
  constructor(name, ...before) {
    this.#body = make("div", {className: "text", role: "group", "aria-label": `${name}. Arrow keys go through its tokens`}, ...before);
    this.#body.setAttribute("aria-busy", "true");
    this.#tokens = new TokenText(this.#body);
    inspectable(this.#body);
    this.element = make("div", {className: "answer"}, this.#body, this.#cards, this.#end);
  }

  /** Takes what a chunk brings of this choice. */
  accept(text, tokens, calls = []) {
    this.text += text;
    this.#tokens.accept(text, tokens);
    for (const part of calls) {
      this.#call(part);
    }
  }

  /** A call comes as its name and then its arguments, piece by piece. */
  #call({index, id, function: {name, arguments: piece}}) {
    const call = this.calls[index] ??= {id, type: "function", function: {name, arguments: ""}};
    call.function.arguments += piece;
  }

  /** Ends it, for one of the API's reasons or one of ours. */
  finish(reason) {
    if (this.finished) {
      return;
    }
    this.finished = true;
    this.#tokens.finish();
    this.#body.removeAttribute("aria-busy");
    this.#body.hidden = this.text === "" && this.calls.length > 0;
    this.#cards.replaceChildren(...this.calls.map(callCard));
    this.#end.textContent = ENDS[reason] ?? reason;
  }
}
