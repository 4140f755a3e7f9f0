// Short ways to the document. Text stays text: nothing here, and nothing that uses it, parses HTML.

export const byId = id => document.getElementById(id);

/** Makes an element; properties that the element does not have are set as attributes. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) {
      element[name] = value;
    } else {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/** Says something to screen readers, once and politely. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** Waits, and goes on waiting while nobody sees the page. */
export async function pause(milliseconds) {
  await new Promise(resolve => setTimeout(resolve, milliseconds));
  while (document.hidden) {
    await new Promise(resolve => document.addEventListener("visibilitychange", resolve, {once: true}));
  }
}
