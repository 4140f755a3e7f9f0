// The tab for completions: a prompt, and how it goes on.

import {Answer} from "./answer.js";
import {announce, byId, make} from "./dom.js";
import {Runs} from "./run.js";
import {modelField} from "./service.js";
import {alternatives, settings} from "./settings.js";
import {ofCompletion} from "./tokens.js";

const form = byId("completion-form");
const prompt = byId("prompt");
const runs = new Runs(form);

function request() {
  const logprobs = alternatives();
  return {
    path: "v1/completions",
    body: {
      ...modelField(),
      prompt: prompt.value,
      ...settings(),
      ...(logprobs !== null && {logprobs}),
      stream: true,
      stream_options: {include_usage: true, continuous_usage_stats: true},
    },
  };
}

async function complete() {
  const text = prompt.value;
  const answers = [];
  const answerOf = index => answers[index] ??= begin(index, text);
  byId("completions").replaceChildren();
  answerOf(0);
  const ending = await runs.run(request, choice => {
    const tokens = ofCompletion(choice.logprobs);
    answerOf(choice.index).accept(choice.text, tokens);
    if (choice.finish_reason) {
      answerOf(choice.index).finish(choice.finish_reason);
    }
    return tokens.length || (choice.text === "" ? 0 : 1);
  });
  if (ending === "failed" && answers.every(answer => answer.text === "")) {
    byId("completions").replaceChildren();
    return;
  }
  answers.forEach(answer => answer.finish(ending));
  announce(`${ending === "done" ? "Complete" : ending}: ${answers.map(answer => answer.text).join(" ")}`);
}

/** Choices come in any order; their places are in order. */
function begin(index, text) {
  const answer = new Answer(`Completion ${index + 1}`, make("span", {className: "prompt"}, text));
  answer.element.style.order = index;
  byId("completions").append(answer.element);
  return answer;
}

form.addEventListener("submit", event => {
  event.preventDefault();
  if (!runs.running) {
    complete();
  }
});
prompt.addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    form.requestSubmit();
  }
});
