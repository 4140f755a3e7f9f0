// What the user typed wrong, and where.

/** Something typed that is not what its field takes; `input` is the field. */
export class InvalidInput extends Error {
  constructor(message, input) {
    super(message);
    this.input = input;
  }
}

/** The JSON in a text box; throws {@link InvalidInput} with the parser's words. */
export function json(input) {
  try {
    return JSON.parse(input.value);
  } catch (e) {
    throw new InvalidInput(`${input.labels[0].textContent} must be JSON: ${e.message}`, input);
  }
}

/** Marks a field as wrong until it is changed, and opens what hides it. */
export function mark(input) {
  for (let box = input.closest("details"); box; box = box.parentElement.closest("details")) {
    box.open = true;
  }
  input.setAttribute("aria-invalid", "true");
  input.addEventListener("input", () => input.removeAttribute("aria-invalid"), {once: true});
}
