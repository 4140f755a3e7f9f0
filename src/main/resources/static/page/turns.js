// How the turns of a conversation look.

import {make} from "./dom.js";

/** A turn that is text alone: the user's, or a tool's result. */
export function plainTurn({role, name, content}) {
  return make("li", {className: `turn ${role}`},
    make("h3", {}, role === "user" ? "You" : `Result of ${name}`),
    make("div", {className: "text"}, content));
}

/** An answer's turn, which grows while the answer comes; `sendResults` takes the results of its calls. */
export function answerTurn(turn, sendResults) {
  const choices = make("div", {className: "choices"}, turn.choices[0].element);
  const element = make("li", {className: "turn assistant"}, make("h3", {}, "Assistant"), choices);

  const add = (answer, index) => {
    answer.element.style.order = index;
    choices.append(answer.element);
    return answer;
  };

  /** Where there are several, the user says which one the conversation goes on with. */
  const offerChoice = () => {
    const group = `choice-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    turn.choices.forEach((answer, index) => {
      const radio = make("input", {type: "radio", name: group, checked: index === turn.chosen});
      radio.addEventListener("change", () => {
        turn.chosen = index;
        offerResults();
      });
      answer.element.append(make("label", {className: "choose"}, radio, "Go on with this one"));
    });
  };

  const offerResults = () => {
    element.querySelector(".send-results")?.remove();
    const {calls, element: chosen} = turn.choices[turn.chosen];
    if (calls.length === 0) {
      return;
    }
    const button = make("button", {type: "button", className: "send-results primary"}, calls.length === 1 ? "Send result" : "Send results");
    button.addEventListener("click", () => {
      const boxes = [...chosen.querySelectorAll(".result")];
      button.remove();
      boxes.forEach(box => box.disabled = true);
      sendResults(boxes.map((box, i) => ({id: box.dataset.callId, name: calls[i].function.name, content: box.value})));
    });
    chosen.append(button);
  };

  const ended = () => {
    if (turn.choices.length > 1) {
      offerChoice();
    }
    offerResults();
  };
  return {element, add, ended};
}
