// One request that streams: sent, shown as it comes, stopped or refused; how soon its first token came and how fast the others.

import {ApiError, post} from "./api.js";
import {showCurl} from "./curl.js";
import {announce, make} from "./dom.js";
import {mark, markInput} from "./settings.js";
import {events} from "./stream.js";
import {InvalidInput} from "./text-format.js";

/** The runs of one form: one at a time, with the form's button that stops it and the line that tells how fast it is. */
export class Runs {
  #form;
  #stop;
  #speed;
  #refusal;
  #running = null;

  constructor(form) {
    this.#form = form;
    this.#stop = form.querySelector(".stop");
    this.#speed = form.querySelector(".speed");
    this.#refusal = form.querySelector(".refusal");
    this.#stop.addEventListener("click", () => this.stop());
    form.closest("[role=tabpanel]").addEventListener("keydown", event => event.key === "Escape" && this.stop());
  }

  get running() {
    return this.#running !== null;
  }

  stop() {
    this.#running?.abort();
  }

  /**
   * Sends what `request` makes, {path, body}, and gives each choice of each chunk to `accept`, which returns how many tokens it had.
   * Gives how it ended: "done", "stopped" or "failed"; what went wrong is shown.
   */
  async run(request, accept) {
    const abort = this.#running = new AbortController();
    const clock = new Clock(this.#speed);
    this.#busy(true);
    this.#say("");
    try {
      const {path, body} = request();
      showCurl(path, body);
      announce("Sent.");
      const response = await post(path, body, abort.signal);
      for await (const chunk of events(response.body)) {
        const tokens = chunk.choices.reduce((sum, choice) => sum + accept(choice), 0);
        clock.count(tokens, chunk.usage);
      }
      return "done";
    } catch (e) {
      if (e.name === "AbortError") {
        return "stopped";
      }
      this.#failed(e);
      return "failed";
    } finally {
      clock.stop();
      this.#running = null;
      this.#busy(false);
    }
  }

  #busy(busy) {
    this.#stop.disabled = !busy;
    this.#form.classList.toggle("busy", busy);
  }

  #failed(error) {
    if (!(error instanceof ApiError || error instanceof InvalidInput)) {
      throw error;
    }
    this.#say(error.message);
    if (error.input) {
      markInput(error.input);
    } else if (error.param) {
      mark(error.param);
    }
  }

  #say(message) {
    this.#refusal.replaceChildren(...(message === "" ? [] : [make("span", {}, message)]));
  }
}

/** Counts tokens and says how fast they come. */
class Clock {
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
      `first after ${Math.round(this.#first - this.#begin)} ms`,
    ];
    const seconds = (this.#last - this.#first) / 1000;
    if (this.#tokens > 1 && seconds > 0) {
      parts.push(`${((this.#tokens - 1) / seconds).toFixed(1)} tokens/s`);
    }
    this.#line.textContent = parts.join(" · ");
  }
}
