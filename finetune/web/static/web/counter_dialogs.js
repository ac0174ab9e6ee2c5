// What opens over the counter: a new customer, a return, the held bills, a line, a service.
"use strict";

const Dialogs = (() => {
  const { at, say, flash, ask, NoConnection, banner, parsed, trouble, marks } = Board;
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
        Desk.setMode("item");
        Desk.take(answer.data);
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
    Desk.setMode("item");
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
    if (Desk.isLocked()) return;
    if (Cart.isEmpty) { flash(false, Words.empty); return; }
    await Desk.settled();
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
      Desk.clearDone();
      Cart.open({ ...answer.data.cart, marked: 0 });
      flash(true, answer.data.say);
    } else if (dropped && dropped.dataset.sure !== "1") {
      dropped.dataset.sure = "1";
      dropped.classList.add("is-sure");
    } else if (dropped) {
      const form = new FormData();
      form.append("version", dropped.dataset.version);
      const answer = await ask(`/counter/held/${dropped.dataset.drop}/drop/`, { form });
      if (answer.data) say(answer.data.say, answer.data.good ? "good" : "bad");
      openHeld();
    }
  });

  // ---- Lines --------------------------------------------------------------------------------------------------------
  const openLine = (focus) => {
    if (Desk.isLocked()) return;
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
    Desk.clearDone();
    Cart.addService({ description: value("description"), price: value("price"), rate: value("rate"), hsn: value("hsn") }, value("quantity") || "1");
    for (const name of ["description", "price"]) at(`service-${name}`).value = "";
    at("service-quantity").value = "1";
    flash(true, Words.item_hint);
  });
  const remove = (place) => {
    if (Desk.isLocked()) return;
    const gone = Cart.remove(place);
    if (gone) say(fill(Words.removed, gone.service ? gone.service.description : gone.name));
    Desk.toScan();
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
    else if (act && !Desk.isLocked()) { Cart.step(place, act === "more" ? 1 : -1); Desk.toScan(); } else Desk.toScan();
  });

  return { openCustomer, openReturn, countHeld, hold, openHeld, openLine, remove };
})();
