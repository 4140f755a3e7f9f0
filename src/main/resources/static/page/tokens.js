// Tokens with their probabilities, in one shape for both routes: {text, bytes, probability, alternatives: [{text, probability}]}.

const BYTE = /^<0x([0-9A-F]{2})>$/;
const encoder = new TextEncoder();

/** Those of a completion's chunk: four arrays of equal length. */
export function ofCompletion(logprobs) {
  return (logprobs?.tokens ?? []).map((text, i) => token(
    text, logprobs.token_logprobs[i],
    Object.entries(logprobs.top_logprobs[i] ?? {}).map(([other, logprob]) => ({text: other, logprob}))));
}

/** Those of a chat's chunk: an object for each. */
export function ofChat(logprobs) {
  return (logprobs?.content ?? []).map(each => token(each.token, each.logprob, each.top_logprobs));
}

function token(text, logprob, top) {
  const others = top.map(each => ({text: each.text ?? each.token, probability: Math.exp(each.logprob)}));
  if (!others.some(each => each.text === text)) {
    others.push({text, probability: Math.exp(logprob)});
  }
  others.sort((a, b) => b.probability - a.probability);
  const byte = BYTE.exec(text);
  return {
    text,
    bytes: byte ? [parseInt(byte[1], 16)] : [...encoder.encode(text)],
    probability: Math.exp(logprob),
    alternatives: others,
  };
}

/** A token's text with its white space to be seen. */
export function visible(text) {
  return text.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}

/** A probability as people read it. */
export function percent(probability) {
  const value = probability * 100;
  if (value < 0.01) {
    return "< 0.01 %";
  }
  return `${value.toFixed(value < 1 ? 2 : value > 99.95 ? 0 : 1)} %`;
}
