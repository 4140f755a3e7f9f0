// The turns of a chat and the messages that they come to. Knows the API, not the page.

/** A list of turns: {role: "user", content}, {role: "tool", id, content}, or {role: "assistant", choices, chosen}. */
export class Conversation {
  turns = [];

  /** The messages of a request, with the system prompt in front where there is one. */
  messages(system) {
    const messages = this.turns.map(message);
    return system.trim() === "" ? messages : [{role: "system", content: system}, ...messages];
  }
}

function message(turn) {
  switch (turn.role) {
    case "tool": return {role: "tool", tool_call_id: turn.id, content: turn.content};
    case "user": return {role: "user", content: turn.content};
    default: {
      const {text, calls} = turn.choices[turn.chosen];
      return calls.length === 0
        ? {role: "assistant", content: text}
        : {role: "assistant", content: text === "" ? null : text, tool_calls: calls};
    }
  }
}
