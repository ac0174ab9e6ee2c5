// The cart of the counter: kept in this browser until the server says that it was billed. No arithmetic with money:
// what a bill comes to is the server's word alone.
"use strict";

const tillData = JSON.parse(document.getElementById("till-data").textContent);
const Words = tillData.words;

const fill = (sentence, ...values) => values.reduce((text, value) => text.replace("%s", value), sentence);

const Cart = (() => {
  const place = `finetune.counter.${tillData.store}.${tillData.user}`;
  const listeners = [];

  // The key is made when the cart is opened. Sent twice, it bills once.
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fresh = () => ({
    key: newKey(), lines: [], customer: null, booking: null, discount: "", tenders: [], held: null, marked: -1, sending: false,
  });

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(place));
      return kept && Array.isArray(kept.lines) && kept.key ? { ...fresh(), ...kept } : fresh();
    } catch {
      return fresh();
    }
  };
  let state = read();

  const keep = () => {
    try {
      localStorage.setItem(place, JSON.stringify(state));
    } catch {
      // A browser without storage still sells; only a reload would lose the cart.
    }
  };
  const changed = () => {
    state.marked = Math.min(state.marked, state.lines.length - 1);
    keep();
    listeners.forEach((listener) => listener());
  };

  // Another tab of this till changed the cart: this one shows the same.
  addEventListener("storage", (event) => {
    if (event.key === place) {
      state = read();
      listeners.forEach((listener) => listener());
    }
  });

  const raise = (quantity, by) => {
    const number = Number.parseInt(quantity, 10);
    return String(Math.max(1, (Number.isNaN(number) ? 1 : number) + by));
  };

  // Where a unit stands in the cart, counted from 1; 0 where it does not.
  const placeOf = (serial) => state.lines.findIndex((line) => (line.serials || []).includes(serial)) + 1;

  const add = (found) => {
    if (found.serial) {
      const twice = placeOf(found.serial);
      if (twice) {
        state.marked = twice - 1;
        changed();
        return fill(Words.twice, found.serial, twice);
      }
    }
    const same = state.lines.findIndex((line) => line.variant === found.variant && line.variant && !line.set_price && !line.discount);
    if (same >= 0) {
      const line = state.lines[same];
      if (found.serial) line.serials.push(found.serial);
      line.quantity = found.serial ? String(line.serials.length) : raise(line.quantity, 1);
      state.marked = same;
    } else {
      state.lines.push({
        variant: found.variant, code: found.code, name: found.name, price: found.price, tracked: found.tracked,
        quantity: "1", serials: found.serial ? [found.serial] : [], set_price: "", reason: "", discount: "",
      });
      state.marked = state.lines.length - 1;
    }
    changed();
    return "";
  };

  const addService = (service, quantity = "1") => {
    state.lines.push({ service, quantity, discount: "" });
    state.marked = state.lines.length - 1;
    changed();
  };

  const typedNumber = (text) => String(text || "").replace(/[₹,\s]/g, "");
  const discountOf = (text) => {
    const plain = typedNumber(text);
    if (!plain) return {};
    return { discount: plain.endsWith("%") ? { percent: plain.slice(0, -1) } : { amount: plain } };
  };

  const lineOf = (line) => {
    const common = { quantity: typedNumber(line.quantity) || "1", ...discountOf(line.discount) };
    if (line.service) {
      const { description, price, rate, hsn } = line.service;
      return { ...common, description, unit_price: typedNumber(price), gst_rate: typedNumber(rate) || "18", tax_inclusive: true, ...(hsn ? { hsn_code: hsn } : {}) };
    }
    const own = typedNumber(line.set_price);
    return { ...common, variant: line.variant, serial_numbers: line.serials, ...(own ? { unit_price: own, tax_inclusive: true } : {}) };
  };

  const buyer = () => {
    if (state.booking) return { booking: state.booking.id };
    return { store: tillData.store, counter_sale: true, ...(state.customer ? { customer: state.customer.id } : {}) };
  };

  // What the till sends: the order in the API's own words, and what was typed beside it.
  const asked = (more = {}) => ({
    key: state.key,
    order: { ...buyer(), prices_include_tax: true, ...discountOf(state.discount), line_items: state.lines.map(lineOf) },
    tenders: state.tenders.map((tender) => ({
      mode: tender.mode,
      given: typedNumber(tender.given) || null,
      reference: tender.reference || "",
      ...(tender.mode === "emi" ? { provider: tender.provider || "", months: Number.parseInt(tender.months, 10) || null } : {}),
    })),
    reasons: Object.fromEntries(state.lines.map((line, place) => [String(place), line.reason || ""]).filter((pair) => pair[1])),
    ...(state.held ? { held: state.held } : {}),
    ...more,
  });

  const addTender = (mode) => {
    const known = state.tenders.findIndex((tender) => tender.mode === mode);
    if (known >= 0) return known;
    // The code that the customer scans carries this reference to the bank.
    const reference = mode === "upi" ? `FT${state.key.slice(0, 12).toUpperCase()}U${state.tenders.length + 1}` : "";
    state.tenders.push({ mode, given: "", reference });
    changed();
    return state.tenders.length - 1;
  };

  return {
    get state() { return state; },
    get isEmpty() { return state.lines.length === 0; },
    onChange: (listener) => listeners.push(listener),
    change: (edit) => { edit(state); changed(); },
    keep,
    add, addService, addTender, asked,
    step: (place, by) => { state.lines[place].quantity = raise(state.lines[place].quantity, by); state.marked = place; changed(); },
    remove: (place) => { const [gone] = state.lines.splice(place, 1); changed(); return gone; },
    mark: (place) => { state.marked = Math.max(0, Math.min(place, state.lines.length - 1)); keep(); },
    // A new cart with a new key: only for a person's wish or the server's answer.
    open: (given = {}) => { state = { ...fresh(), ...given }; changed(); },
  };
})();
