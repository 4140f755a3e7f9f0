// The tab for chats: keeps the conversation, asks for the next answer, and takes what the user types for a tool.

import {Answer} from "./answer.js";
import {Conversation} from "./conversation.js";
import {announce, byId} from "./dom.js";
import {Runs} from "./run.js";
import {modelField} from "./service.js";
import {alternatives, settings} from "./settings.js";
import {ofChat} from "./tokens.js";
import {toolFields} from "./tool-calls.js";
import {answerTurn, plainTurn} from "./turns.js";

const form = byId("chat-form");
const input = byId("message");
const list = byId("turns");
const runs = new Runs(form);
let conversation = new Conversation();

function request() {
  const alternativesOfEach = alternatives();
  return {
    path: "v1/chat/completions",
    body: {
      ...modelField(),
      messages: conversation.messages(byId("system").value),
      ...toolFields(),
      ...settings(),
      ...(alternativesOfEach !== null && {logprobs: true, top_logprobs: alternativesOfEach}),
      stream: true,
      stream_options: {include_usage: true, continuous_usage_stats: true},
    },
  };
}

/** Asks for the answer that follows the conversation as it is; true where something came. */
async function answer() {
  const {turns} = conversation;
  const turn = {role: "assistant", choices: [new Answer("Answer")], chosen: 0};
  const view = answerTurn(turn, sendResults);
  list.append(view.element);
  showEnd();
  const choiceOf = index => turn.choices[index] ??= view.add(new Answer(`Answer ${index + 1}`), index);
  const ending = await runs.run(request, choice => {
    const tokens = ofChat(choice.logprobs);
    const text = choice.delta.content ?? "";
    choiceOf(choice.index).accept(text, tokens, choice.delta.tool_calls);
    if (choice.finish_reason) {
      choiceOf(choice.index).finish(choice.finish_reason);
    }
    showEnd();
    return tokens.length || (text === "" ? 0 : 1);
  });
  if (ending !== "done" && turn.choices.every(each => each.text === "" && each.calls.length === 0)) {
    view.element.remove();
    return false;
  }
  turn.choices.forEach(each => each.finish(ending));
  turns.push(turn);
  view.ended();
  showEnd();
  announce(`Answer ${ending}: ${turn.choices[0].text || "a tool is called"}`);
  return true;
}

async function say() {
  const content = input.value;
  if (runs.running || content.trim() === "") {
    return;
  }
  const {turns} = conversation;
  const element = add({role: "user", content});
  input.value = "";
  if (!await answer() && turns === conversation.turns) {
    // Nothing came of it: back to where it can be changed.
    turns.pop();
    element.remove();
    input.value ||= content;
  }
  refresh();
}

/** Sends what was typed as the results of an answer's calls. */
async function sendResults(results) {
  if (runs.running) {
    return;
  }
  results.forEach(({id, name, content}) => add({role: "tool", id, name, content}));
  await answer();
  refresh();
}

async function again() {
  if (runs.running) {
    return;
  }
  if (conversation.turns.at(-1)?.role === "assistant") {
    conversation.turns.pop();
    list.lastElementChild.remove();
  }
  await answer();
  refresh();
}

function startOver() {
  runs.stop();
  conversation = new Conversation();
  list.replaceChildren();
  refresh();
  input.focus();
}

function add(turn) {
  const element = plainTurn(turn);
  conversation.turns.push(turn);
  list.append(element);
  refresh();
  return element;
}

function refresh() {
  byId("turn-actions").hidden = conversation.turns.length === 0;
  showEnd();
}

/** Follows the answer down the page, unless the reader has scrolled away from its end. */
function showEnd() {
  if (list.getBoundingClientRect().bottom - innerHeight < innerHeight / 2) {
    const actions = byId("turn-actions");
    (actions.hidden ? list : actions).scrollIntoView({block: "end"});
  }
}

// What is scrolled to, or gets the focus, is not to hide behind the message.
new ResizeObserver(() => {
  document.documentElement.style.scrollPaddingBlockEnd = `${form.offsetHeight}px`;
  showEnd();
}).observe(form);

form.addEventListener("submit", event => {
  event.preventDefault();
  say();
});
input.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
byId("again").addEventListener("click", again);
byId("start-over").addEventListener("click", startOver);
