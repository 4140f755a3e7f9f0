// Text that grows token by token, each token an element that knows its probability.

import {make} from "./dom.js";

/** The token, or the tokens of one character, behind each element. */
const tokensOf = new WeakMap();

export const tokensBehind = element => tokensOf.get(element);

/**
 * Appends text and the tokens behind it to an element. The two come in the same order but not always together: bytes of one
 * character are tokens before they are text, and text that may become a tool call or a stop sequence is held back.
 */
export class TokenText {
  #element;
  #text = "";
  #tokens = [];
  /** Tokens whose bytes are no whole character yet. */
  #group = [];
  /** How much the element has before the text. */
  #before;

  constructor(element) {
    this.#element = element;
    this.#before = element.childNodes.length;
  }

  accept(text, tokens) {
    this.#text += text;
    this.#tokens.push(...tokens);
    while (this.#tokens.length > 0 && this.#text !== "" && this.#take()) {
      // Takes as long as text and tokens agree.
    }
    if (this.#tokens.length === 0 && this.#group.length === 0) {
      this.#flush();
    }
  }

  /** Shows what is left over. */
  finish() {
    this.#flush();
  }

  /** Takes one token; false where more text has to come first. */
  #take() {
    const group = [...this.#group, this.#tokens[0]];
    const text = this.#withoutLead(decoded(group));
    if (text !== null && text !== this.#text && text.startsWith(this.#text)) {
      return false;
    }
    this.#tokens.shift();
    this.#group = text === null ? group : [];
    if (text !== null && text !== "" && this.#text.startsWith(text)) {
      this.#append(text, group);
      this.#text = this.#text.slice(text.length);
    }
    // Any other token is none of the text: the model's end, or a part of a tool call.
    return true;
  }

  /** A model begins an answer with a space, which may be in its first token and not in the text. */
  #withoutLead(text) {
    const begins = text?.startsWith(" ") && this.#element.childNodes.length === this.#before && this.#text[0] !== " ";
    return begins ? text.slice(1) : text;
  }

  #append(text, tokens) {
    const word = text.trimStart();
    const begins = this.#element.childNodes.length === 0;
    const element = make("span", {className: begins ? "token first" : "token"},
      ...(word.length < text.length ? [make("span", {className: "lead"}, text.slice(0, text.length - word.length))] : []),
      make("span", {className: "word"}, word));
    element.dataset.likely = level(Math.min(...tokens.map(each => each.probability)));
    tokensOf.set(element, tokens);
    this.#element.append(element);
  }

  #flush() {
    if (this.#text !== "") {
      this.#element.append(this.#text);
      this.#text = "";
    }
  }
}

/** The characters of tokens; null while the last one is not complete, U+FFFD where the bytes are none. */
function decoded(tokens) {
  const bytes = Uint8Array.from(tokens.flatMap(each => each.bytes));
  for (const stream of [false, true]) {
    try {
      const text = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes, {stream});
      return stream ? null : text;
    } catch {
      // Decoded as a stream they may still be the beginning of something.
    }
  }
  return "\uFFFD";
}

/** How a token is shaded: 4 is as good as certain, 0 is a surprise. */
function level(probability) {
  return [0.05, 0.25, 0.5, 0.9].filter(bound => probability >= bound).length;
}
