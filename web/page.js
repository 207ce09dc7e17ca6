// The plain search page: one question at a time (a photo, an item, or words), narrowed by the filter row.
"use strict";

const LONGEST_SIDE = 1024;   // photos are shrunk to this before they are sent
const SMALL_FILE = 300_000;  // bytes below which a photo is sent as it is
const LIMIT = 40;
const COLOURS = {
  black: ["black"], white: ["white", "cream"], gray: ["gray", "grey", "silver"], red: ["red", "burgundy"], orange: ["orange"],
  yellow: ["yellow", "gold"], green: ["green", "olive"], blue: ["blue", "light blue", "navy"], purple: ["purple"],
  pink: ["pink"], brown: ["brown"], beige: ["beige"],
};
const CATEGORIES = ["tops", "dresses", "bottoms", "outerwear", "shoes", "bags", "accessories"];

const at = (id) => document.getElementById(id);
let question = null;   // {image: Blob} or {item_id} or {text}
let running = null;    // AbortController of the search under way

// ---- asking ----------------------------------------------------------------------------------------------

async function shrink(file) {
  if (file.size <= SMALL_FILE) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    return small ?? file;
  } catch {
    return file;  // a format that this browser cannot read (HEIC, say): the server may
  }
}

function filters() {
  const chosen = {};
  const category = at("category").value;
  if (category) chosen.category = category;
  const price = (id) => (at(id).value === "" ? null : Number(at(id).value));
  const range = [price("min-price"), price("max-price")];
  if (range[0] !== null || range[1] !== null) chosen.price_range = range;
  const colour = document.querySelector("#colours input:checked")?.value;
  if (colour) chosen.primary_color = COLOURS[colour];
  return chosen;
}

function body() {
  const form = new FormData();
  for (const [name, value] of Object.entries(question)) {
    if (value instanceof Blob) form.append(name, value, "photo");
    else form.append(name, value);
  }
  form.append("filters", JSON.stringify(filters()));
  form.append("limit", String(LIMIT));
  return form;
}

async function problem_text(response) {
  try {
    const problem = await response.json();
    return problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
  } catch {
    return response.status === 413 ? "That photo is too large." : `The server answered ${response.status}.`;
  }
}

async function search() {
  if (!question) return;
  running?.abort();
  const mine = (running = new AbortController());
  busy(true);
  show_error("");
  try {
    const response = await fetch("/api/v1/search", { method: "POST", body: body(), signal: mine.signal });
    if (!response.ok) throw new Error(await problem_text(response));
    show(await response.json());
  } catch (error) {
    if (error.name === "AbortError") return;
    show_results([]);
    say("");
    show_error(error instanceof TypeError ? "The server cannot be reached." : error.message);
  } finally {
    if (running === mine) {
      running = null;
      busy(false);
    }
  }
}

async function ask_photo(file) {
  if (!file) return;
  if (file.type && !file.type.startsWith("image/")) {
    show_error(`${file.name || "That"} is not a picture.`);
    return;
  }
  const preview = at("preview");
  if (preview.src.startsWith("blob:")) URL.revokeObjectURL(preview.src);
  show_preview(URL.createObjectURL(file), "Your photo");
  busy(true);
  question = { image: await shrink(file) };
  await search();
  if (innerWidth < 800) at("status").scrollIntoView({ behavior: "smooth" });
}

function ask_like(result) {
  show_preview(result.image_url, `Like: ${result.title}`);
  question = { item_id: result.id };
  search();
  scrollTo({ top: 0, behavior: "smooth" });
}

// ---- showing ---------------------------------------------------------------------------------------------

function say(text) { at("status").textContent = text; }

function busy(is_busy) {
  at("status").classList.toggle("busy", is_busy);
  at("results").classList.toggle("busy", is_busy);
  at("results").setAttribute("aria-busy", String(is_busy));
  if (is_busy) say("Looking");
}

function show_error(text) {
  at("error").textContent = text;
  at("error").hidden = !text;
}

function show_preview(address, words) {
  const preview = at("preview");
  preview.src = address ?? "/favicon.svg";
  preview.alt = words;
  preview.hidden = false;
  at("drop-hint").innerHTML = "";
  const strong = document.createElement("strong");
  strong.textContent = words;
  at("drop-hint").append(strong, document.createElement("br"), "Try another: drop, paste or choose");
}

function money(result) {
  if (result.price === null) return "";
  if (!result.currency) return String(result.price);
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency: result.currency }).format(result.price);
  } catch {
    return `${result.price} ${result.currency}`;
  }
}

const is_web = (address) => /^https?:\/\//i.test(address ?? "");

function card(result) {
  const node = at("card").content.cloneNode(true);
  const find = (name) => node.querySelector(name);
  const best = result.images.find((image) => image.url === result.image_url) ?? result.images[0];
  const picture = find(".picture img");
  picture.alt = result.title || "Listing";
  picture.addEventListener("error", () => {
    if (best && picture.getAttribute("src") !== best.url) picture.src = best.url;
    else picture.classList.add("lost");
  });
  if (best) picture.src = best.thumbnail_url;
  if (is_web(result.url)) find(".picture").href = result.url;
  else if (best) find(".picture").href = best.url;
  find(".title").textContent = result.title || result.external_id;
  find(".brand-name").textContent = result.brand ?? "";
  find(".price").textContent = money(result);
  find(".size").textContent = result.size ? `Size ${result.size}` : "";
  if (result.similarity !== null) {  // words that only say a price are like nothing
    find(".similarity").textContent = `${Math.round(Math.max(0, result.similarity) * 100)} % alike`;
    find(".similarity").title = `Cosine similarity ${result.similarity}`;
  }
  find(".like").setAttribute("aria-label", `More like ${result.title}`);
  find(".like").addEventListener("click", () => ask_like(result));
  return node;
}

function show_results(results) { at("results").replaceChildren(...results.map(card)); }

function show(answer) {
  show_results(answer.results);
  for (const result of answer.results) add_category(result.properties.category);
  const count = answer.results.length;
  const found = count === 0 ? "Nothing matches. Loosen the filters?" : count === 1 ? "1 look-alike" : `${count} look-alikes`;
  const took = count === 0 ? found : `${found} in ${Math.max(1, Math.round(answer.took_ms))} ms`;
  say(took + seen_in_photo(answer.predicted_properties));
}

// "Seen: navy t-shirt": what the model is fairly sure of.
function seen_in_photo(predicted) {
  const sure = (name) => (predicted?.[name]?.confidence >= 0.5 ? predicted[name].value : "");
  const words = [sure("primary_color"), sure("subcategory") || sure("category")].filter(Boolean);
  return words.length === 0 ? "" : ` · seen in your photo: ${words.join(" ")}`;
}

function add_category(name) {
  const list = at("category");
  if (!name || [...list.options].some((option) => option.value === name)) return;
  list.append(new Option(name, name));
}

// ---- wiring ----------------------------------------------------------------------------------------------

function make_swatches() {
  for (const name of ["", ...Object.keys(COLOURS)]) {
    const swatch = document.createElement("input");
    swatch.type = "radio";
    swatch.name = "colour";
    swatch.value = name;
    swatch.defaultChecked = name === "";
    swatch.className = `c-${name || "any"}`;
    swatch.title = name || "any colour";
    swatch.setAttribute("aria-label", name || "any colour");
    at("colours").append(swatch);
  }
}

function listen_for_photos() {
  for (const id of ["file", "camera"]) {
    at(id).addEventListener("change", (event) => {
      ask_photo(event.target.files[0]);
      event.target.value = "";
    });
  }
  const drop = at("drop");
  let inside = 0;
  document.addEventListener("dragenter", (event) => { event.preventDefault(); inside += 1; drop.classList.add("over"); });
  document.addEventListener("dragleave", () => { inside -= 1; if (inside <= 0) drop.classList.remove("over"); });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    drop.classList.remove("over");
    ask_photo(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (file) ask_photo(file);
  });
}

function listen_for_words() {
  at("words").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("text").value.trim();
    if (!text) return;
    question = { text };
    search();
  });
}

function listen_for_filters() {
  let timer = 0;
  const later = () => { clearTimeout(timer); timer = setTimeout(search, 300); };
  at("filters").addEventListener("input", later);
  at("filters").addEventListener("reset", later);
  at("filters").addEventListener("submit", (event) => { event.preventDefault(); search(); });
}

make_swatches();
CATEGORIES.forEach(add_category);
listen_for_photos();
listen_for_words();
listen_for_filters();
