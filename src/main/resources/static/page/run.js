// One request that streams: sent, shown as it comes, stopped or refused.

import {ApiError} from "./api.js";
import {Clock} from "./clock.js";
import {showCurl} from "./curl.js";
import {announce, make} from "./dom.js";
import {InvalidInput, mark} from "./input.js";
import {settingNamed} from "./settings.js";
import {stream} from "./stream.js";

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
      for await (const chunk of stream(path, body, abort.signal)) {
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
    // Not disabled: it would lose the focus.
    this.#form.querySelector(".primary").setAttribute("aria-disabled", busy);
  }

  #failed(error) {
    if (!(error instanceof ApiError || error instanceof InvalidInput)) {
      throw error;
    }
    this.#say(error.message);
    const input = error.input ?? settingNamed(error.param);
    if (input) {
      mark(input);
    }
  }

  #say(message) {
    this.#refusal.replaceChildren(...(message === "" ? [] : [make("span", {}, message)]));
  }
}
