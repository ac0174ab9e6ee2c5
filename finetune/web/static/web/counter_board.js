// What the counter shows: what was said, the cart as the server quotes it, the ways of paying. Every amount on it was
// put there by the server.
"use strict";

const Board = (() => {
  const at = (id) => document.getElementById(id);
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
    // Without its cookies a page's token counts for nothing, which is answered with 403.
    if (answer.isLoggedOut || answer.status === 403) banner(Words.logged_out);
    else banner(answer.status >= 500 ? Words.trouble : "");
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

  const nothing = { total: "", left: false, isWalkIn: true };
  let quoted = nothing;
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
    quoted = nothing;
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
        if (Cart.isEmpty) {
          showEmpty();
          continue;
        }
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

  return {
    at, say, flash, turnSound: Sound.turn, ask, NoConnection, banner, parsed, trouble, showQuote, showBuyer, marks, refresh,
    get quoted() { return quoted; },
    settled: () => running,
  };
})();
