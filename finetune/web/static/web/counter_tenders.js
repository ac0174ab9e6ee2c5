// The ways of paying: what is typed stays in the cart; what it comes to is asked from the server.
"use strict";

const Tenders = (() => {
  const { at, refresh } = Board;
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
      legend.className = "unseen";
      row.append(legend);
      const edit = (name) => (event) => {
        Cart.state.tenders[place][name] = event.target.value;
        Desk.forgetOwing();
        Cart.keep();
        refresh();
      };
      const fields = [["given", tender.mode === "cash" ? Words.received : `${Words[tender.mode]}, ${Words.given}`, { inputMode: "decimal", maxLength: 14 }]];
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
      out.addEventListener("click", () => { Cart.change((state) => state.tenders.splice(place, 1)); Desk.toScan(); });
      row.append(out);
      return row;
    }));
  };
  const pay = (mode) => {
    if (Desk.isLocked()) return;
    const place = Cart.addTender(mode);
    const needed = mode === "card" || mode === "emi" ? `reference-${place}` : `given-${place}`;
    at(needed)?.focus();
    at(needed)?.select();
  };

  return { show: showTenders, pay };
})();
