// The counter: scan, quote, take money, save once. Every amount on it was put there by the server.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const scan = at("scan");
  const hasKeyboard = matchMedia("(pointer: fine)").matches;
  const say = (text, tone = "") => {
    at("said").textContent = text;
    at("said").dataset.tone = tone;
  };

  // ---- Sound: short and quiet, never before somebody pressed a key. -------------------------------------------------
  const Sound = (() => {
    const place = "finetune.counter.sound";
    let context = null;
    let isOn = localStorage.getItem(place) !== "off";
    const show = () => {
      at("sound").setAttribute("aria-pressed", String(isOn));
      at("sound").title = isOn ? Words.sound_on : Words.sound_off;
    };
    const play = (pitch, seconds) => {
      if (!isOn || !navigator.userActivation?.hasBeenActive) return;
      try {
        context ??= new AudioContext();
        const [tone, volume] = [context.createOscillator(), context.createGain()];
        tone.frequency.value = pitch;
        volume.gain.value = 0.05;
        tone.connect(volume).connect(context.destination);
        tone.start();
        tone.stop(context.currentTime + seconds);
      } catch {
        isOn = false; // No sound card: the colours still say it.
      }
    };
    show();
    return {
      good: () => play(1320, 0.05),
      bad: () => play(196, 0.22),
      turn: () => { isOn = !isOn; localStorage.setItem(place, isOn ? "on" : "off"); show(); },
    };
  })();

  const flash = (good, text) => {
    say(text, good ? "good" : "bad");
    const form = at("scan-form");
    form.dataset.flash = "";
    void form.offsetWidth;
    form.dataset.flash = good ? "good" : "bad";
    (good ? Sound.good : Sound.bad)();
  };

  // ---- The server ---------------------------------------------------------------------------------------------------
  class NoConnection extends Error {}
  const token = () => {
    const cookie = document.cookie.match(/(?:^|; )(?:__Host-)?finetune_csrf=([^;]+)/);
    return cookie ? cookie[1] : JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  };
  const ask = async (path, given = {}) => {
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), 15000);
    const json = given.json !== undefined;
    try {
      const answer = await fetch(path, {
        method: json || given.form ? "POST" : "GET",
        body: json ? JSON.stringify(given.json) : given.form,
        headers: { "HX-Request": "true", "X-CSRFToken": token(), ...(json ? { "Content-Type": "application/json" } : {}) },
        signal: stop.signal,
      });
      if (answer.headers.has("HX-Redirect")) return { status: 401, isLoggedOut: true };
      const text = await answer.text();
      const isJson = (answer.headers.get("Content-Type") || "").includes("json");
      return { status: answer.status, data: isJson ? JSON.parse(text) : null, html: isJson ? "" : text };
    } catch {
      throw new NoConnection();
    } finally {
      clearTimeout(patience);
    }
  };
  const banner = (text) => {
    at("banner").hidden = !text;
    at("banner-text").textContent = text;
  };
  const parsed = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  };
  const trouble = (answer) => {
    if (answer.isLoggedOut) banner(Words.logged_out);
    else banner(answer.status >= 500 || answer.status === 403 ? Words.trouble : "");
    const told = answer.html && parsed(answer.html).querySelector(".notice, h1");
    if (told) flash(false, told.textContent.trim());
  };

  // ---- The cart on the screen ---------------------------------------------------------------------------------------
  const marks = () => {
    for (const row of at("cart").querySelectorAll("tr[data-line]")) {
      const isMarked = Number(row.dataset.line) === Cart.state.marked;
      row.classList.toggle("is-marked", isMarked);
      if (isMarked) row.scrollIntoView({ block: "nearest" });
    }
  };
  const describe = (row) => {
    const line = Cart.state.lines[Number(row.dataset.line)];
    if (!line) return;
    const slot = (name) => row.querySelector(`[data-slot="${name}"]`);
    const name = line.service ? line.service.description : line.name;
    const number = slot("quantity");
    if (!slot("name").textContent.trim()) slot("name").textContent = name;
    if (!number.textContent.trim()) number.textContent = line.quantity;
    slot("note").textContent = [line.code, (line.serials || []).join(", ")].filter(Boolean).join(" · ");
    slot("remove").setAttribute("aria-label", fill(Words.remove, name));
    for (const [which, sign] of [["less", "−"], ["more", "+"]]) slot(which).setAttribute("aria-label", `${sign} ${fill(Words.quantity, name)}`);
    slot("less").disabled = slot("more").disabled = Boolean(line.tracked);
  };
  const into = (target, part) => target.replaceChildren(...(part ? [...part.childNodes] : []));

  let quoted = { total: "", left: false, isWalkIn: true };
  const showQuote = (html) => {
    const root = parsed(html).firstElementChild;
    if (!root || !root.dataset.total) return;
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    quoted = { total: root.dataset.total, left: root.dataset.left === "1", isWalkIn: root.dataset.walkIn === "1" };
    into(at("cart"), part("cart"));
    into(at("sums"), part("sums"));
    into(at("pay"), part("pay"));
    into(at("buyer-says"), part("buyer"));
    at("cart").querySelectorAll("tr[data-line]").forEach(describe);
    at("way-credit").hidden = root.dataset.credit !== "1";
    root.dataset.amounts.split("|").forEach((amount, place) => {
      const field = at(`given-${place}`);
      if (field) field.placeholder = amount;
    });
    marks();
  };
  const showEmpty = () => {
    quoted = { total: "", left: false, isWalkIn: true };
    if (!at("cart").querySelector(".done")) at("cart").replaceChildren(at("empty-cart").content.cloneNode(true));
    at("sums").replaceChildren(at("empty-sums").content.cloneNode(true));
    at("pay").replaceChildren();
    at("buyer-says").replaceChildren();
  };

  // Only the newest question counts: while one runs, the next waits, and those between are never asked.
  let running = null;
  let isStale = false;
  const refresh = () => {
    if (running) { isStale = true; return running; }
    running = (async () => {
      do {
        isStale = false;
        if (Cart.isEmpty) { showEmpty(); continue; }
        try {
          const answer = await ask("/counter/quote/", { json: Cart.asked() });
          if (isStale) continue;
          if (answer.status === 200) { showQuote(answer.html); if (!Cart.state.sending) banner(""); } else trouble(answer);
        } catch (error) {
          if (!(error instanceof NoConnection)) throw error;
          banner(Cart.state.sending ? Words.unsure : Words.no_connection);
        }
      } while (isStale);
    })().finally(() => { running = null; });
    return running;
  };

  const showBuyer = () => {
    const { customer, booking } = Cart.state;
    at("buyer-name").textContent = customer ? customer.name : Words.walk_in;
    at("buyer-phone").textContent = customer?.phone || "";
    at("buyer-clear").hidden = !customer || Boolean(booking);
    at("buyer-change").hidden = Boolean(booking);
    at("buyer-booking").hidden = !booking;
    at("buyer-booking").textContent = booking ? booking.label : "";
  };

  // ---- Ways of paying -----------------------------------------------------------------------------------------------
  const input = (id, words, value, more = {}) => {
    const label = document.createElement("label");
    const field = document.createElement("input");
    label.textContent = words;
    label.htmlFor = id;
    Object.assign(field, { id, value: value || "", autocomplete: "off", ...more });
    const holder = document.createElement("p");
    holder.className = "tender-field";
    holder.append(label, field);
    return [holder, field];
  };
  let shownTenders = "";
  const showTenders = () => {
    const shape = Cart.state.key + Cart.state.tenders.map((tender) => tender.mode).join();
    if (shape === shownTenders) return; // What is being typed stays as it is.
    shownTenders = shape;
    at("tenders").replaceChildren(...Cart.state.tenders.map((tender, place) => {
      const row = document.createElement("fieldset");
      row.className = `tender tender-${tender.mode}`;
      const legend = document.createElement("legend");
      legend.textContent = Words[tender.mode];
      row.append(legend);
      const edit = (name) => (event) => {
        Cart.state.tenders[place][name] = event.target.value;
        owing = "";
        Cart.keep();
        refresh();
      };
      const fields = [["given", tender.mode === "cash" ? Words.received : Words.given, { inputMode: "decimal", maxLength: 14 }]];
      if (["upi", "card", "emi"].includes(tender.mode)) fields.push(["reference", Words.reference, { maxLength: 35 }]);
      if (tender.mode === "emi") fields.push(["provider", Words.lender, { maxLength: 60 }], ["months", Words.months, { inputMode: "numeric", maxLength: 3 }]);
      for (const [name, words, more] of fields) {
        const [holder, field] = input(`${name}-${place}`, words, tender[name], more);
        field.addEventListener("input", edit(name));
        row.append(holder);
      }
      const out = document.createElement("button");
      Object.assign(out, { type: "button", className: "icon-button tender-out", textContent: "✕" });
      out.setAttribute("aria-label", `${Words.take_out}: ${Words[tender.mode]}`);
      out.addEventListener("click", () => { Cart.change((state) => state.tenders.splice(place, 1)); toScan(); });
      row.append(out);
      return row;
    }));
  };
  const pay = (mode) => {
    if (isLocked()) return;
    const place = Cart.addTender(mode);
    const needed = mode === "card" || mode === "emi" ? `reference-${place}` : `given-${place}`;
    at(needed)?.focus();
    at(needed)?.select();
  };

  // ---- Scanning -----------------------------------------------------------------------------------------------------
  let mode = "item";
  const hints = { item: Words.item_hint, customer: Words.customer_hint, return: Words.return_hint };
  const setMode = (name) => {
    mode = name;
    scan.placeholder = hints[name];
    at("scan-mode").hidden = name === "item";
    at("scan-mode").textContent = name === "customer" ? "F3" : "F4";
    at("scan-form").dataset.mode = name;
  };
  const toScan = () => { if (hasKeyboard) scan.focus({ preventScroll: true }); };
  const isLocked = () => {
    if (Cart.state.sending) { banner(Words.unsure); flash(false, Words.unsure); }
    return Cart.state.sending;
  };

  const closeChoices = () => { at("choices").hidden = true; at("choices").replaceChildren(); };
  const showChoices = (choices) => {
    at("choices").replaceChildren(...choices.map((choice) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "choice";
      for (const [name, text] of [["choice-title", choice.title], ["choice-note", choice.note], ["choice-right", choice.right]]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = text || "";
        button.append(part);
      }
      button.addEventListener("click", () => { closeChoices(); take(choice); toScan(); });
      return button;
    }));
    at("choices").hidden = choices.length === 0;
  };

  // What a scan or a choice means for the cart.
  const take = (heard) => {
    if (heard.go) { location.assign(heard.go); return; }
    if (heard.back) { openReturn(heard.back, heard.code || ""); return; }
    if (heard.code && !heard.add) { look(heard.code); return; }
    if (heard.booking) { openBooking(heard); return; }
    if (heard.customer) {
      Cart.change((state) => { state.customer = heard.customer; });
      flash(true, heard.customer.name);
    }
    if (heard.add) {
      clearDone();
      const refused = Cart.add(heard.add);
      flash(!refused, refused || heard.say || heard.add.name);
    }
  };

  const clearDone = () => { at("cart").querySelector(".done")?.remove(); };
  const openBooking = (heard) => {
    clearDone();
    Cart.change((state) => { state.booking = heard.booking; state.customer = heard.customer; });
    if (heard.service && Cart.isEmpty) Cart.addService({ hsn: "998716", rate: "18", ...heard.service });
    flash(true, heard.say || heard.booking.label);
  };

  const look = async (code) => {
    const wanted = mode;
    try {
      const query = new URLSearchParams({ code, store: tillData.store, as: wanted });
      const answer = await ask(`/counter/scan/?${query}`);
      if (answer.status !== 200) { trouble(answer); return; }
      banner("");
      const heard = answer.data;
      if (heard.new_customer) { flash(false, heard.say); openCustomer(heard.new_customer); return; }
      showChoices(heard.choices);
      if (heard.good) { setMode("item"); take(heard); } else flash(false, heard.say);
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
      banner(Words.no_connection);
      if (!scan.value) scan.value = code;
      flash(false, Words.no_connection);
    }
  };

  // One after the other, in the order they were scanned, however fast they come.
  let queue = Promise.resolve();
  const scanned = () => {
    const code = scan.value.trim();
    scan.value = "";
    if (!code || isLocked()) return;
    closeChoices();
    queue = queue.then(() => look(code));
  };

  // ---- Save ---------------------------------------------------------------------------------------------------------
  let isSaving = false;
  let owing = "";
  const save = async () => {
    if (isSaving) return;
    isSaving = true;
    at("save").setAttribute("aria-busy", "true");
    try {
      await queue;
      await running;
      if (Cart.isEmpty) {
        const printed = at("done-print");
        if (printed) print(printed.href); else flash(false, Words.empty);
        return;
      }
      await send();
    } finally {
      isSaving = false;
      at("save").removeAttribute("aria-busy");
    }
  };
  const send = async () => {
    Cart.change((state) => { state.sending = true; });
    let answer;
    try {
      answer = await ask("/counter/sell/", { json: Cart.asked({ seen: quoted.total, owing: owing !== "" && owing === quoted.total }) });
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
      banner(Words.unsure);
      flash(false, Words.unsure);
      return;
    }
    if (answer.status >= 500 || answer.isLoggedOut) { trouble(answer); return; }
    Cart.state.sending = false;
    Cart.keep();
    banner("");
    if (answer.data?.good) { sold(answer.data); return; }
    showQuote(answer.html);
    const problem = parsed(answer.html).querySelector(".pay-problem, .notice, .fault");
    flash(false, problem ? problem.textContent.trim() : Words.trouble);
    owing = quoted.left && !quoted.isWalkIn ? quoted.total : "";
  };
  const sold = (data) => {
    owing = "";
    closeChoices();
    at("cart").replaceChildren(parsed(data.html));
    Cart.open();
    flash(true, data.number);
    countHeld();
    print(data.receipt);
    toScan();
  };
  // A tab of its own, so that the counter stays. Where the browser keeps it shut, the link is one Enter away.
  const print = (address) => {
    if (!window.open(address, "_blank")) {
      say(Words.popup, "bad");
      at("done-print")?.focus();
    }
  };

  // ---- Customer, return, held bills ---------------------------------------------------------------------------------
  const openCustomer = (known) => {
    for (const name of ["name", "phone"]) {
      const field = at(`new-${name}`);
      if (field && known[name] !== undefined) field.value = known[name];
    }
    at("customer-dialog").showModal();
    at(known.name ? "new-phone" : "new-name")?.focus();
  };
  at("customer-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await ask("/counter/customer/", { form: new FormData(event.target) });
      if (answer.data?.good) {
        at("customer-dialog").close();
        event.target.reset();
        setMode("item");
        take(answer.data);
        const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
        event.target.querySelector("[name=_key]").value = key;
        event.target.querySelectorAll(".fault, .notice").forEach((each) => each.remove());
      } else if (answer.html) {
        at("customer-fields").replaceChildren(parsed(answer.html));
        at("customer-fields").querySelector(".has-error input")?.focus();
      } else trouble(answer);
    } catch { banner(Words.no_connection); }
  });

  const openReturn = async (invoice, code) => {
    setMode("item");
    try {
      const answer = await ask(`/counter/return/${invoice}/?${new URLSearchParams({ code })}`);
      if (answer.status !== 200) { trouble(answer); return; }
      at("return-body").replaceChildren(parsed(answer.html));
      at("return-dialog").showModal();
      at("return-body").querySelector("input:not([type=hidden])")?.focus();
    } catch { banner(Words.no_connection); }
  };
  at("return-dialog").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await ask(event.target.getAttribute("action"), { form: new FormData(event.target) });
      if (answer.isLoggedOut || answer.status >= 500) { trouble(answer); return; }
      at("return-body").replaceChildren(parsed(answer.html));
      at("return-body").querySelector(".done, .has-error input")?.focus();
    } catch { banner(Words.no_connection); }
  });

  const countHeld = async () => {
    try {
      const answer = await ask(`/counter/held/?store=${tillData.store}`);
      if (answer.status !== 200) return "";
      at("held-count").textContent = parsed(answer.html).querySelectorAll(".held-one").length;
      return answer.html;
    } catch { return ""; }
  };
  const hold = async () => {
    if (isLocked()) return;
    if (Cart.isEmpty) { flash(false, Words.empty); return; }
    await queue;
    try {
      const answer = await ask("/counter/hold/", { json: Cart.asked() });
      if (!answer.data) { trouble(answer); return; }
      if (answer.data.good) Cart.open();
      flash(answer.data.good, answer.data.say);
      countHeld();
    } catch { banner(Words.no_connection); flash(false, Words.no_connection); }
  };
  const openHeld = async () => {
    const html = await countHeld();
    if (!html) { banner(Words.no_connection); return; }
    at("held-list").replaceChildren(parsed(html));
    if (!at("held-dialog").open) at("held-dialog").showModal();
    at("held-list").querySelector("button")?.focus();
  };
  at("held-list").addEventListener("click", async (event) => {
    const taken = event.target.closest("[data-take-up]");
    const dropped = event.target.closest("[data-drop]");
    if (taken) {
      const answer = await ask(`/counter/held/${taken.dataset.takeUp}/`);
      if (!answer.data?.good) { flash(false, answer.data?.say || Words.trouble); return; }
      if (!Cart.isEmpty) await hold();
      if (!Cart.isEmpty) return; // What is in the cart could not be put aside: it stays.
      at("held-dialog").close();
      clearDone();
      Cart.open({ ...answer.data.cart, marked: 0 });
      flash(true, answer.data.say);
    } else if (dropped && dropped.dataset.sure !== "1") {
      dropped.dataset.sure = "1";
      dropped.classList.add("is-sure");
    } else if (dropped) {
      const answer = await ask(`/counter/held/${dropped.dataset.drop}/drop/`, { form: new FormData() });
      if (answer.data) say(answer.data.say, answer.data.good ? "good" : "bad");
      openHeld();
    }
  });

  // ---- Lines --------------------------------------------------------------------------------------------------------
  const openLine = (focus) => {
    if (isLocked()) return;
    if (Cart.isEmpty) { flash(false, Words.empty); return; }
    if (Cart.state.marked < 0) Cart.mark(Cart.state.lines.length - 1);
    const line = Cart.state.lines[Cart.state.marked];
    at("line-title").textContent = line.service ? line.service.description : line.name;
    at("line-quantity").value = line.quantity;
    at("line-quantity").readOnly = Boolean(line.tracked);
    at("line-quantity-hint").hidden = !line.tracked;
    at("line-quantity-hint").textContent = Words.tracked;
    at("line-discount").value = line.discount || "";
    at("line-price").value = line.service ? line.service.price : line.set_price || line.price;
    at("line-reason").value = line.reason || "";
    at("line-reason").disabled = Boolean(line.service);
    at("bill-discount").value = Cart.state.discount;
    at("line-dialog").showModal();
    at(focus).focus();
    at(focus).select();
  };
  at("line-form").addEventListener("submit", () => {
    Cart.change((state) => {
      const line = state.lines[state.marked];
      const price = at("line-price").value.trim();
      if (!line.tracked) line.quantity = at("line-quantity").value.trim() || "1";
      line.discount = at("line-discount").value.trim();
      if (line.service) line.service.price = price;
      else {
        line.set_price = price === line.price ? "" : price;
        line.reason = line.set_price ? at("line-reason").value.trim() : "";
      }
      state.discount = at("bill-discount").value.trim();
    });
  });
  at("service-form").addEventListener("submit", (event) => {
    const value = (name) => at(`service-${name}`).value.trim();
    if (!value("description") || !value("price")) {
      event.preventDefault();
      at(value("description") ? "service-price" : "service-description").focus();
      return;
    }
    clearDone();
    Cart.addService({ description: value("description"), price: value("price"), rate: value("rate"), hsn: value("hsn") }, value("quantity") || "1");
    for (const name of ["description", "price"]) at(`service-${name}`).value = "";
    at("service-quantity").value = "1";
    flash(true, Words.item_hint);
  });
  const remove = (place) => {
    if (isLocked()) return;
    const gone = Cart.remove(place);
    if (gone) say(fill(Words.removed, gone.service ? gone.service.description : gone.name));
    toScan();
  };
  at("cart").addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (!row) return;
    const place = Number(row.dataset.line);
    const act = event.target.closest("[data-act]")?.dataset.act;
    Cart.mark(place);
    marks();
    if (act === "remove") remove(place);
    else if (act === "edit") openLine("line-quantity");
    else if (act && !isLocked()) { Cart.step(place, act === "more" ? 1 : -1); toScan(); } else toScan();
  });

  // ---- Keys and buttons ---------------------------------------------------------------------------------------------
  let doomed = { place: -1, at: 0 };
  const clean = () => {
    if (isLocked()) return;
    if (!Cart.isEmpty && doomed.place !== -2) {
      doomed = { place: -2, at: 0 };
      flash(false, Words.new_again);
      return;
    }
    doomed = { place: -1, at: 0 };
    const was = !Cart.isEmpty;
    at("cart").replaceChildren();
    Cart.open();
    closeChoices();
    setMode("item");
    scan.value = "";
    say(was ? Words.discarded : "");
    if (location.search) history.replaceState(null, "", location.pathname);
    toScan();
  };
  const escape = () => {
    closeChoices();
    if (mode !== "item") setMode("item"); else scan.value = "";
    say("");
    scan.focus();
  };
  const inMode = (name) => () => {
    if (isLocked()) return;
    if (name === "customer" && Cart.state.booking) return;
    setMode(name); closeChoices(); scan.value = ""; scan.focus(); say(hints[name]);
  };
  const actions = {
    F2: clean, F3: inMode("customer"), F4: inMode("return"),
    F6: () => openLine("line-quantity"), F7: () => openLine("line-discount"),
    F8: () => pay("cash"), F9: () => pay("upi"), F10: save,
    "?": () => at("keys-dialog").showModal(), "/": () => { scan.focus(); scan.select(); },
  };
  const buttons = {
    hold, held: openHeld, sound: () => { Sound.turn(); toScan(); }, customer: inMode("customer"),
    service: () => { if (!isLocked()) { at("service-dialog").showModal(); at("service-description").focus(); } },
    "no-customer": () => { Cart.change((state) => { state.customer = null; }); toScan(); },
  };
  // In a dialog a key of the till closes it first: nothing happens behind it unseen.
  const keyed = (name) => () => {
    const open = document.querySelector("dialog[open]");
    if (open?.id === "line-dialog" && (name === "F6" || name === "F7")) {
      at(name === "F6" ? "line-quantity" : "line-discount").focus();
      return;
    }
    if (open?.id === "line-dialog" && name === "F10") { at("line-form").requestSubmit(); return; }
    open?.close();
    if (name !== "F2") doomed = { place: -1, at: 0 };
    actions[name]();
  };
  const move = (event) => {
    const choices = [...at("choices").children];
    if (!at("choices").hidden && choices.length) {
      const next = choices.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      (choices[next] || (next < 0 ? scan : choices[choices.length - 1])).focus();
      event.preventDefault();
    } else if (document.activeElement === scan && !Cart.isEmpty) {
      Cart.mark(Cart.state.marked + (event.key === "ArrowDown" ? 1 : -1));
      marks();
      event.preventDefault();
    }
  };
  const other = (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") escape();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event);
    else if (event.key === "Delete" && document.activeElement === scan && scan.value === "" && Cart.state.marked >= 0) {
      if (doomed.place === Cart.state.marked && event.timeStamp - doomed.at < 4000) { doomed.place = -1; remove(Cart.state.marked); return; }
      doomed = { place: Cart.state.marked, at: event.timeStamp };
      const line = Cart.state.lines[Cart.state.marked];
      flash(false, fill(Words.remove_again, line.service ? line.service.description : line.name));
    } else if (event.key === "Enter" && document.activeElement?.closest("#tenders")) {
      event.preventDefault();
      const fields = [...at("tenders").querySelectorAll("input"), at("save")];
      fields[fields.indexOf(document.activeElement) + 1].focus();
    }
  };
  Keys.on({ scanned, other, ...Object.fromEntries(Object.keys(actions).map((name) => [name, keyed(name)])) });
  at("scan-form").addEventListener("submit", (event) => { event.preventDefault(); scanned(); });
  at("till").addEventListener("click", (event) => {
    const button = event.target.closest("[data-key], [data-do], [data-way]");
    if (!button) return;
    if (button.dataset.key) keyed(button.dataset.key)();
    else if (button.dataset.way) pay(button.dataset.way);
    else buttons[button.dataset.do]();
  });
  at("banner-retry").addEventListener("click", () => { if (Cart.state.sending) save(); else refresh(); });
  addEventListener("online", () => { if (!Cart.state.sending) refresh(); });
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", toScan);

  // ---- Begin --------------------------------------------------------------------------------------------------------
  const begin = () => {
    const opened = tillData.opened;
    if (opened.booking && Cart.state.booking?.id !== opened.booking.id && !Cart.state.sending) {
      if (Cart.isEmpty) Cart.open();
      if (Cart.isEmpty) openBooking(opened);
      else flash(false, Words.finish_first);
    }
    if (Cart.state.sending) banner(Words.unsure);
  };
  Cart.onChange(() => { owing = ""; showBuyer(); showTenders(); refresh(); });
  showBuyer();
  showTenders();
  begin();
  refresh();
  toScan();
})();
