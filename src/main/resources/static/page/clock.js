// How soon the first tokens came, and how fast the others.

/** Within less time than this the network and the browser decide when a token is seen, not the service. */
const SHORTEST_MS = 100;

/** Counts tokens and says how fast they come. */
export class Clock {
  #line;
  #begin = performance.now();
  #first = 0;
  /** Tokens of the first chunk that had any: many where text was held back, as that of a tool call is. */
  #atFirst = 0;
  #last = 0;
  #tokens = 0;

  constructor(line) {
    this.#line = line;
    this.#line.textContent = "Waiting for the first token…";
  }

  /** Takes what a chunk says about tokens: `usage`, which counts all so far, or where it has none how many it brought. */
  count(tokens, usage) {
    const all = usage?.completion_tokens ?? this.#tokens + tokens;
    if (all > this.#tokens) {
      this.#last = performance.now();
      if (this.#first === 0) {
        this.#first = this.#last;
        this.#atFirst = all;
      }
    }
    this.#tokens = all;
    this.#show();
  }

  stop() {
    this.#show();
  }

  #show() {
    if (this.#first === 0) {
      this.#line.textContent = "";
      return;
    }
    const first = this.#atFirst === 1 ? "first" : `first ${this.#atFirst}`;
    const parts = [
      `${this.#tokens} ${this.#tokens === 1 ? "token" : "tokens"}`,
      `${first} after ${Math.round(this.#first - this.#begin)} ms`,
    ];
    const milliseconds = this.#last - this.#first;
    if (milliseconds >= SHORTEST_MS) {
      parts.push(`${((this.#tokens - this.#atFirst) / milliseconds * 1000).toFixed(1)} tokens/s`);
    } else if (this.#tokens > this.#atFirst) {
      parts.push(`all after ${Math.round(this.#last - this.#begin)} ms`);
    }
    this.#line.textContent = parts.join(" · ");
  }
}
