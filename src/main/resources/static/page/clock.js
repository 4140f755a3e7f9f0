// How soon the first token came, and how fast the others.

/** Counts tokens and says how fast they come. */
export class Clock {
  #line;
  #begin = performance.now();
  #first = 0;
  #last = 0;
  #tokens = 0;

  constructor(line) {
    this.#line = line;
    this.#line.textContent = "Waiting for the first token…";
  }

  count(tokens, usage) {
    if (tokens > 0) {
      this.#last = performance.now();
      this.#first ||= this.#last;
    }
    this.#tokens = usage?.completion_tokens ?? this.#tokens + tokens;
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
    const parts = [
      `${this.#tokens} ${this.#tokens === 1 ? "token" : "tokens"}`,
      `first token after ${Math.round(this.#first - this.#begin)} ms`,
    ];
    const seconds = (this.#last - this.#first) / 1000;
    if (this.#tokens > 1 && seconds > 0) {
      parts.push(`${((this.#tokens - 1) / seconds).toFixed(1)} tokens/s`);
    }
    this.#line.textContent = parts.join(" · ");
  }
}
