// Photos are made small before they are sent, and shown; keys and printing. No page needs it to work.
"use strict";

const EDGE_MAX = 2000;

// One input takes one photo at a time on a phone: what was taken before is kept beside the new one.
const keepers = new Map();

const smaller = async (file) => {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE_MAX / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 1000000) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return made ? new File([made], "photo.jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file; // the shop says what is wrong with it
  }
};

const shownAs = (file) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => done("");
  reader.readAsDataURL(file);
});

const show = async (input, files) => {
  const place = input.closest(".file-input").querySelector("[data-previews]");
  const pictures = await Promise.all(files.map(shownAs));
  place.replaceChildren(...pictures.map((address, index) => {
    const frame = document.createElement("span");
    frame.className = "photo";
    const image = document.createElement("img");
    image.src = address;
    image.alt = `${index + 1}`;
    frame.append(image);
    return frame;
  }));
};

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!("photos" in input.dataset)) return;
  const form = input.form;
  for (const button of form.querySelectorAll("[type=submit]")) button.disabled = true;
  const more = await Promise.all([...input.files].map(smaller));
  const kept = [...(keepers.get(input) ?? []), ...more].slice(0, Number(input.dataset.photos));
  const carrier = new DataTransfer();
  for (const file of kept) carrier.items.add(file);
  input.files = carrier.files;
  keepers.set(input, kept);
  await show(input, kept);
  for (const button of form.querySelectorAll("[type=submit]")) button.disabled = false;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
  const asker = event.target.closest("[data-asks]");
  if (asker && !window.confirm(asker.dataset.asks)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const meant = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (meant && event.key.length > 1) {
    event.preventDefault();
    meant.click();
  }
});
