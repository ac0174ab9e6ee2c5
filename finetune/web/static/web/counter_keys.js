// The keys of the counter. A scanner types faster than any hand: keys less than BURST ms apart are its burst, go into
// the scan field wherever the focus is, and are never taken for a key of the till.
"use strict";

const Keys = (() => {
  const BURST = 35;
  const OWN = ["F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10"];
  const scan = document.getElementById("scan");
  let handlers = {};
  let last = { at: -1e9, key: "", field: null, before: "", typed: "" };
  let isBurst = false;
  let waiting = 0;
  let pending = "";

  const isPlain = (event) => event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
  const valueOf = (field) => (field && "value" in field ? field.value : null);
  const takes = (field) => field && field.matches("input, textarea, select, [contenteditable]");

  const stop = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };

  // The second quick key shows that the first was a scanner's too: it is taken back from where it went.
  const begin = (event) => {
    isBurst = true;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    if (last.field && last.field !== scan && valueOf(last.field) !== null && !last.field.readOnly) last.field.value = last.before;
    scan.focus();
    scan.value = last.typed + event.key;
  };

  const collect = (event) => {
    const quick = event.timeStamp - last.at < BURST;
    if (!quick) isBurst = false;
    if (document.activeElement === scan && !isBurst) {
      last = { at: event.timeStamp, key: event.key, field: scan, before: "", typed: "" };
      return false;
    }
    if (isBurst || (quick && last.typed)) {
      if (isBurst) scan.value += event.key;
      else begin(event);
      stop(event);
      last.at = event.timeStamp;
      return true;
    }
    const field = document.activeElement;
    last = { at: event.timeStamp, key: event.key, field, before: valueOf(field) ?? "", typed: event.key };
    return false;
  };

  // A key of the till may be the first of a burst, as some scanners are set up: it waits as long as the second may
  // take. Another key of the till shows that it was none.
  const later = (event, name) => {
    stop(event);
    now();
    pending = name;
    waiting = setTimeout(now, BURST + 5);
  };
  const now = () => {
    clearTimeout(waiting);
    const name = pending;
    pending = "";
    if (name) handlers[name]?.();
  };
  const forget = () => { clearTimeout(waiting); pending = ""; };

  addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const quick = event.timeStamp - last.at < BURST;
    if (isPlain(event)) {
      forget();
      if (collect(event)) return;
      const field = document.activeElement;
      const isEmptyScan = field === scan && scan.value === "";
      if (event.key === "?" && (isEmptyScan || !takes(field)) && !quick) later(event, "?");
      else if (event.key === "/" && !takes(field) && !quick) later(event, "/");
      return;
    }
    if (event.key === "Enter") {
      const ends = isBurst && quick;
      isBurst = false;
      last.at = -1e9;
      if (ends) {
        stop(event);
        handlers.scanned?.();
        return;
      }
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (OWN.includes(event.key) && !event.shiftKey) {
      // Within a burst it is the scanner's; held down it is one press.
      if (event.repeat || (quick && (isBurst || document.activeElement === scan))) stop(event);
      else later(event, event.key);
      return;
    }
    now();
    handlers.other?.(event);
  }, true);

  return { on: (given) => { handlers = { ...handlers, ...given }; }, own: OWN };
})();
