// The count of a drawer: what each pile is worth and what differs, told while it is typed. The server counts again.
"use strict";

const inPaise = (text) => {
  const plain = text.replace(/[,₹\s]/g, "").replace("−", "-");
  const parts = /^(-?)([0-9]{0,10})(?:\.([0-9]{0,2}))?$/.exec(plain);
  if (!parts || plain === "" || plain === "-") return null;
  const paise = Number(parts[2] || "0") * 100 + Number((parts[3] || "").padEnd(2, "0"));
  return parts[1] ? -paise : paise;
};

const inRupees = (paise) => {
  const whole = new Intl.NumberFormat("en-IN").format(Math.floor(Math.abs(paise) / 100));
  return `${paise < 0 ? "−" : ""}${whole}.${String(Math.abs(paise) % 100).padStart(2, "0")}`;
};

const form = document.querySelector("[data-count]");

const tell = (output, paise) => {
  const due = inPaise(output.dataset.difference);
  const off = paise === null || due === null ? null : paise - due;
  output.textContent = off === null ? "–" : off > 0 ? `+${inRupees(off)}` : inRupees(off);
  output.classList.toggle("agrees", off === 0);
  output.classList.toggle("differs", off !== null && off !== 0);
};

const count = () => {
  let sum = 0;
  let isCounted = false;
  for (const input of form.querySelectorAll("[data-paise]")) {
    const typed = inPaise(input.value);
    const worth = typed === null ? null : (typed / 100) * Number(input.dataset.paise);
    input.closest("tr").querySelector("[data-worth]").textContent = worth === null ? "–" : inRupees(worth);
    sum += worth || 0;
    isCounted = isCounted || worth !== null;
  }
  for (const place of form.querySelectorAll("[data-sum]")) place.textContent = isCounted ? inRupees(sum) : "–";
  for (const output of form.querySelectorAll("[data-difference]")) {
    const name = output.dataset.of;
    tell(output, name === "cash" ? (isCounted ? sum : null) : inPaise(form.elements[name].value));
  }
};

if (form) {
  form.addEventListener("input", count);
  // Enter goes to the next pile, so that a drawer is counted with one hand; the last one leads to the button.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const places = [...form.querySelectorAll("input:not([type=hidden]), textarea, button")];
    places[places.indexOf(event.target) + 1].focus();
  });
  count();
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
