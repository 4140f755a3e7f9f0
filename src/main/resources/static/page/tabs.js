// Tabs as the ARIA practices describe them: one stop of the Tab key, arrow keys change the tab.

/** Makes the tabs in `list` work. */
export function tabs(list) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const select = tab => {
    for (const each of all) {
      const selected = each === tab;
      each.setAttribute("aria-selected", selected);
      each.tabIndex = selected ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !selected;
    }
  };
  all.forEach((tab, i) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", event => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (step) {
        const next = all[(i + step + all.length) % all.length];
        select(next);
        next.focus();
      }
    });
  });
}
