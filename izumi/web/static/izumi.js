/* Izumi: what makes pages quicker. Every page works without it; no library, no eval, no injected styles. */
"use strict";
(() => {
  const en = document.documentElement.lang === "en";
  const say = (ja, english) => (en ? english : ja);
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const size = (bytes) => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let n = 0;
    while (bytes >= 999.5 && n < units.length - 1) { bytes /= 1000; n += 1; }
    return `${n && bytes < 9.95 ? bytes.toFixed(1) : bytes.toFixed(0)} ${units[n]}`;
  };
  const token = () => $("input[name=csrfmiddlewaretoken]")?.value || "";
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  /* copy a citation ------------------------------------------------------------------------- */
  $$("button[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText($(button.dataset.copy).innerText.trim());
      const said = $("[data-copied]", button.parentElement);
      if (said) said.textContent = say("コピーしました。", "Copied.");
    });
  });

  /* ask before something is removed: <form data-ask="question" data-yes="verb"> ------------------- */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const question = button?.dataset.ask || event.target.dataset.ask;
    if (!question || event.target.dataset.sure) return;
    event.preventDefault();
    const yes = make("button", { class: "button-quiet button-danger", value: "yes" }, button?.dataset.yes || say("実行する", "Go on"));
    const no = make("button", { class: "button-quiet", value: "no", autofocus: "" }, say("やめる", "Cancel"));
    const dialog = make("dialog", { "aria-label": question },
      make("form", { method: "dialog" }, make("p", {}, question), make("div", { class: "cluster" }, yes, no)));
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") {
        event.target.dataset.sure = "1";
        event.target.requestSubmit(button);
        delete event.target.dataset.sure;
      }
      dialog.remove();
      button?.focus();
    });
    dialog.showModal();
  });

  /* the deposit form: saved by itself, Ctrl+S ------------------------------------------------------- */
  const form = $("form[data-autosave]");
  if (form) {
    const stamp = $("[data-saved]");
    let timer = 0;
    let running = false;
    let dirty = false;
    const tell = (words, bad) => {
      if (!stamp) return;
      stamp.textContent = words;
      stamp.classList.toggle("danger", Boolean(bad));
    };
    const save = async () => {
      if (running) { timer = setTimeout(save, 1500); return; }
      running = true;
      dirty = false;
      const body = new FormData(form);
      body.set("do", "autosave");
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token() },
        });
        const told = await answer.json();
        if (answer.ok) {
          form.elements.revision.value = told.revision;
          form.elements.opened.value = told.opened;
          tell(told.said);
          const checks = $("[data-checks]");
          if (checks && told.checks) { checks.innerHTML = told.checks; }
        } else {
          tell(`${told.title || ""} ${told.detail || ""}`.trim(), true);
        }
      } catch (failure) {
        dirty = true;
        tell(say("回線が切れています。つながったら保存します。", "No connection. It will be saved when it is back."), true);
        timer = setTimeout(save, 10000);
      } finally {
        running = false;
      }
    };
    form.addEventListener("input", (event) => {
      if (event.target.type === "file" || event.target.dataset.quiet !== undefined) return;
      dirty = true;
      clearTimeout(timer);
      timer = setTimeout(save, 2500);
    });
    form.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); clearTimeout(timer); save(); }
    });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  }

  /* parts of a form that another field switches on: data-when="name=value value" ------------------ */
  const switches = $$("[data-when]");
  if (switches.length) {
    const look = () => switches.forEach((part) => {
      const [name, values] = part.dataset.when.split("=");
      const chosen = $$(`[name="${CSS.escape(name)}"]`).filter((f) => f.type !== "radio" || f.checked).map((f) => f.value);
      part.hidden = !values.split(" ").some((value) => chosen.includes(value));
    });
    document.addEventListener("change", look);
    look();
  }

  /* sending files: tus 1.0.0, in pieces, continued after a broken line, a closed page, the next day ---- */
  const zone = $("[data-uploads]");
  if (zone && window.fetch && window.File) {
    const PIECE = 8 * 1024 * 1024;
    const AT_ONCE = 2;
    const list = $("[data-upload-list]");
    const total = $("[data-upload-total]");
    const live = $("[data-upload-live]");
    const queue = [];
    const all = [];
    let active = 0;
    const headers = (more) => ({ "Tus-Resumable": "1.0.0", "X-CSRFToken": token(), ...more });
    const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
    const key = (one) => `izumi-upload:${zone.dataset.record}:${one.path}:${one.file.size}:${one.file.lastModified}`;
    const remember = (one, address) => { try { address ? localStorage.setItem(key(one), address) : localStorage.removeItem(key(one)); } catch (e) { /* private window */ } };
    const remembered = (one) => { try { return localStorage.getItem(key(one)); } catch (e) { return null; } };

    const row = (one) => {
      one.bar = make("progress", { max: "100", value: "0", "aria-label": say(`${one.path} の送信`, `Sending ${one.path}`) });
      one.count = make("span", { class: "small quiet num" }, size(one.file.size));
      one.words = make("td", { role: "cell", "data-label": say("状態", "State") }, say("順番待ち", "Waiting"));
      list.append(make("tr", { role: "row" },
        make("th", { role: "rowheader", scope: "row" }, one.path),
        make("td", { role: "cell", "data-label": say("進み具合", "Progress") }, one.bar, one.count), one.words));
      list.closest("table").hidden = false;
    };
    const show = (one, offset, rate) => {
      one.offset = offset;
      const part = one.file.size ? Math.floor((100 * offset) / one.file.size) : 100;
      one.bar.value = part;
      one.count.textContent = `${size(offset)} / ${size(one.file.size)}${rate ? ` · ${size(rate)}/${say("秒", "s")}` : ""}`;
      const sent = all.reduce((sum, each) => sum + (each.offset || 0), 0);
      const whole = all.reduce((sum, each) => sum + each.file.size, 0);
      const percent = whole ? Math.floor((100 * sent) / whole) : 100;
      if (total) total.textContent = say(`全体 ${percent} %・画面を閉じても、同じファイルを選べば続きから送れます`, `${percent} % in all. You can close this page and continue later with the same files`);
      const step = Math.floor(percent / 25) * 25;
      if (live && step !== zone.step) { zone.step = step; live.textContent = say(`送信 ${step} %`, `Sent ${step} %`); }
    };
    const digest = async (piece) => {
      if (!window.crypto?.subtle) return null;
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await piece.arrayBuffer()));
      return `sha256 ${btoa(String.fromCharCode(...hash))}`;
    };
    const problem = async (answer) => {
      try { const told = await answer.json(); return `${told.title}: ${told.detail}`; } catch (e) { return `HTTP ${answer.status}`; }
    };
    class Refusal extends Error {}

    const begin = async (one) => {
      const known = remembered(one);
      if (known) {
        const answer = await fetch(known, { method: "HEAD", headers: headers() });
        if (answer.ok) return [known, Number(answer.headers.get("Upload-Offset"))];
        remember(one, null);
      }
      const facts = [`record ${base64(zone.dataset.record)}`, `path ${base64(one.path)}`];
      const answer = await fetch("/api/v1/uploads/", { method: "POST", headers: headers({
        "Upload-Length": String(one.file.size), "Upload-Metadata": facts.join(",") }) });
      if (!answer.ok) throw new Refusal(await problem(answer));
      const address = new URL(answer.headers.get("Location"), location.href).pathname;
      remember(one, address);
      return [address, Number(answer.headers.get("Upload-Offset") || 0)];
    };
    const send = async (one) => {
      let tries = 0;
      for (;;) {
        try {
          let [address, offset] = await begin(one);
          one.bar.classList.remove("is-held");
          one.words.textContent = offset ? say(`${Math.floor((100 * offset) / one.file.size)} % の続きから送信中`, "Continuing") : say("送信中", "Sending");
          show(one, offset);
          while (offset < one.file.size) {
            const piece = one.file.slice(offset, offset + PIECE);
            const started = performance.now();
            const checksum = await digest(piece);
            const more = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
            if (checksum) more["Upload-Checksum"] = checksum;
            const answer = await fetch(address, { method: "PATCH", body: piece, headers: headers(more) });
            if (answer.status === 409 || answer.status === 460 || answer.status >= 500) throw new Error("again");
            if (!answer.ok) { remember(one, null); throw new Refusal(await problem(answer)); }
            offset = Number(answer.headers.get("Upload-Offset"));
            tries = 0;
            show(one, offset, (1000 * piece.size) / Math.max(1, performance.now() - started));
          }
          remember(one, null);
          one.done = true;
          one.words.replaceChildren(make("span", { class: "ok nowrap" }, say("送信済み・照合 OK", "Sent and verified")));
          return;
        } catch (failure) {
          if (failure instanceof Refusal) {
            one.words.replaceChildren(make("span", { class: "danger" }, failure.message));
            return;
          }
          tries += 1;
          one.bar.classList.add("is-held");
          const part = one.file.size ? Math.floor((100 * (one.offset || 0)) / one.file.size) : 0;
          one.words.textContent = say(`回線が切れました。${part} % の続きから再開します。`, `Connection lost. We will continue from ${part} %.`);
          await wait(Math.min(30000, 1000 * 2 ** tries));
        }
      }
    };
    const pump = async () => {
      while (active < AT_ONCE && queue.length) {
        const one = queue.shift();
        active += 1;
        send(one).finally(() => { active -= 1; pump(); });
      }
      if (!active && !queue.length && all.length) await refresh();
    };
    const refresh = async () => {
      const panel = $("[data-files]");
      if (!panel) return;
      const answer = await fetch(panel.dataset.files, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      panel.innerHTML = await answer.text();
      all.filter((one) => one.done).forEach((one) => one.words.parentElement?.remove());
      list.closest("table").hidden = !list.children.length;
    };
    const add = (file, spelled) => {
      const path = spelled.normalize("NFC"); // some disks spell accents and voicing marks apart
      if (all.some((each) => each.path === path && each.file.size === file.size && each.file.lastModified === file.lastModified)) return;
      const one = { file, path, offset: 0 };
      all.push(one);
      queue.push(one);
      row(one);
    };
    const walk = async (entry, folder) => {
      if (entry.isFile) {
        const file = await new Promise((done, failed) => entry.file(done, failed));
        add(file, folder + file.name);
        return;
      }
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, failed) => reader.readEntries(done, failed));
        if (!some.length) return;
        for (const inner of some) await walk(inner, `${folder}${entry.name}/`);
      }
    };
    zone.hidden = false;
    $$("[data-plain-upload]").forEach((plain) => { plain.hidden = true; });
    ["dragenter", "dragover"].forEach((kind) => zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); }));
    ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("is-over")));
    zone.addEventListener("drop", async (event) => {
      event.preventDefault();
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      if (entries.length) for (const entry of entries) await walk(entry, "");
      else for (const file of event.dataTransfer.files) add(file, file.name);
      pump();
    });
    $$("input[type=file]", zone).forEach((input) => input.addEventListener("change", () => {
      for (const file of input.files) add(file, file.webkitRelativePath || file.name);
      input.value = "";
      pump();
    }));
    window.addEventListener("beforeunload", (event) => { if (active || queue.length) event.preventDefault(); });
  }
})();
