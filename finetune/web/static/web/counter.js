// The counter: scan, take money, save once.
"use strict";

const Desk = (() => {
  const { at, say, flash, ask, NoConnection, banner, parsed, trouble, marks, refresh } = Board;
  const { openCustomer, openReturn, countHeld, hold, openHeld, openLine, remove } = Dialogs;
  const scan = at("scan");
  const hasKeyboard = matchMedia("(pointer: fine)").matches;

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
  const toScan = () => {
    if (!hasKeyboard) return;
    // Anew: where a part of the page was replaced under the focus, the caret else stays in what is gone.
    scan.blur();
    getSelection().removeAllRanges();
    scan.focus({ preventScroll: true });
    scan.setSelectionRange(scan.value.length, scan.value.length);
  };
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
    queue = queue.then(() => look(code)).catch(() => flash(false, Words.trouble));
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
      await Board.settled();
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
    // Kept before it is sent: whatever happens from here on, the next press asks with the same key.
    Cart.state.sending = true;
    Cart.keep();
    let answer;
    try {
      answer = await ask("/counter/sell/", { json: Cart.asked({ seen: Board.quoted.total, owing: owing !== "" && owing === Board.quoted.total }) });
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
    if (!answer.html.includes("data-total=")) { trouble(answer); return; }
    Board.showQuote(answer.html);
    const problem = parsed(answer.html).querySelector(".pay-problem, .notice, .fault");
    flash(false, problem ? problem.textContent.trim() : Words.trouble);
    owing = Board.quoted.left && !Board.quoted.isWalkIn ? Board.quoted.total : "";
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
    F8: () => Tenders.pay("cash"), F9: () => Tenders.pay("upi"), F10: save,
    "?": () => at("keys-dialog").showModal(), "/": () => { scan.focus(); scan.select(); },
  };
  const buttons = {
    hold, held: openHeld, sound: () => { Board.turnSound(); toScan(); }, customer: inMode("customer"),
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
    else if (button.dataset.way) Tenders.pay(button.dataset.way);
    else buttons[button.dataset.do]();
  });
  at("banner-retry").addEventListener("click", () => { if (Cart.state.sending) save(); else refresh(); });
  addEventListener("online", () => { if (!Cart.state.sending) refresh(); });
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", () => setTimeout(toScan, 0));

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
  Cart.onChange(() => { owing = ""; Board.showBuyer(); Tenders.show(); refresh(); });
  Board.showBuyer();
  Tenders.show();
  begin();
  refresh();
  toScan();

  return { toScan, isLocked, setMode, take, clearDone, settled: () => queue, forgetOwing: () => { owing = ""; } };
})();
