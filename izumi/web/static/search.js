/* Search: keys and suggestions. The page is complete without it. Nothing typed is kept anywhere. */
"use strict";
(() => {
  const box = document.querySelector("input[data-search]");
  const hits = [...document.querySelectorAll("a[data-hit]")];
  const typing = (target) => target.matches("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.key === "/" && box) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if ((event.key === "j" || event.key === "k") && hits.length) {
      event.preventDefault();
      const at = hits.indexOf(document.activeElement);
      const to = event.key === "j" ? Math.min(at + 1, hits.length - 1) : Math.max(at - 1, 0);
      hits[to].focus();
      hits[to].scrollIntoView({ block: "nearest" });
    }
  });

  if (!box || !box.dataset.suggest) return;
  const list = document.createElement("datalist");
  list.id = "suggestions";
  box.after(list);
  box.setAttribute("list", list.id);
  let timer = 0;
  let asked = "";
  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.isComposing || box.value.trim().length < 2) return;
    timer = setTimeout(async () => {
      asked = box.value;
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(asked)}`, { cache: "no-store" }).catch(() => null);
      if (!answer || !answer.ok || asked !== box.value) return;
      const found = await answer.json();
      list.replaceChildren(...found.items.map((text) => {
        const option = document.createElement("option");
        option.value = text;
        return option;
      }));
    }, 200);
  });
})();
