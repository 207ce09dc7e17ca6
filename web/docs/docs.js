// Renders /openapi.json as a page with a form for each operation. Nothing is loaded from other servers.
"use strict";

let description = {};

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function resolve(node) {
  if (!node?.$ref) return node;
  return node.$ref.slice(2).split("/").reduce((place, key) => place[key.replaceAll("~1", "/").replaceAll("~0", "~")], description);
}

const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

// A short description of a schema: "string or null", "Filters", "list of Image".
function type_words(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(type_words).join(" or ");
  if (schema.type === "array" || schema.type?.includes?.("array")) return `list of ${type_words(schema.items)}`;
  return [].concat(schema.type ?? "anything").join(" or ");
}

function limits(schema) {
  const words = [];
  if (schema.enum) words.push(`one of ${schema.enum.filter((value) => value !== null).join(", ")}`);
  if (schema.minimum !== undefined) words.push(`at least ${schema.minimum}`);
  if (schema.maximum !== undefined) words.push(`at most ${schema.maximum}`);
  if (schema.maxLength !== undefined) words.push(`up to ${schema.maxLength} characters`);
  if (schema.default !== undefined) words.push(`${schema.default} when left out`);
  return words.join("; ");
}

function members(schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => make("tr", {},
    make("td", {}, make("code", {}, name), schema.required?.includes(name) ? " *" : ""),
    make("td", {}, type_words(member)),
    make("td", {}, [member.description, limits(member)].filter(Boolean).join(" "))));
  if (rows.length === 0) return null;
  return make("table", {}, make("tr", {}, make("th", {}, "Member"), make("th", {}, "Type"), make("th", {}, "Meaning")), ...rows);
}

function show_response(place, response, text, took) {
  place.textContent = `${response.status} ${response.statusText} in ${took} ms\n\n${text}`;
  place.hidden = false;
}

async function send(verb, path, operation, form, place) {
  let address = path;
  const query = new URLSearchParams();
  for (const parameter of operation.parameters ?? []) {
    const value = form.elements[parameter.name]?.value ?? "";
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === "query" && value) query.set(parameter.name, value);
  }
  if ([...query].length) address += `?${query}`;
  const options = { method: verb.toUpperCase() };
  if (form.elements.body) {
    options.body = form.elements.body.value;
    options.headers = { "Content-Type": Object.keys(operation.requestBody.content)[0] };
  }
  const start = performance.now();
  try {
    const response = await fetch(address, options);
    const type = response.headers.get("Content-Type") ?? "";
    let text = type.startsWith("image/") ? `(${type})` : await response.text();
    if (type.includes("json") && text) text = pretty(JSON.parse(text));
    show_response(place, response, text, Math.round(performance.now() - start));
  } catch (error) {
    place.textContent = String(error);
    place.hidden = false;
  }
}

function try_form(verb, path, operation) {
  const form = make("form", { class: "try" });
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === "header") continue;
    form.append(make("label", {}, parameter.name, make("input", { name: parameter.name, value: parameter.example ?? "", placeholder: parameter.description ?? "" })));
  }
  const content = Object.values(operation.requestBody?.content ?? {})[0];
  if (content) {
    const text = make("textarea", { name: "body", spellcheck: "false", "aria-label": "Body" });
    text.value = pretty(content.example ?? "");
    form.append(text);
  }
  const output = make("pre", { "aria-live": "polite" });
  output.hidden = true;
  form.append(make("button", { class: "button primary", type: "submit" }, "Send"), output);
  form.addEventListener("submit", (event) => { event.preventDefault(); send(verb, path, operation, form, output); });
  return form;
}

function body_section(operation) {
  return Object.entries(operation.requestBody?.content ?? {}).map(([type, content]) => make("div", {},
    make("h3", {}, `Body: ${type}`),
    make("p", {}, resolve(content.schema)?.description ?? ""),
    members(resolve(content.schema) ?? {})));
}

function responses_section(operation) {
  const rows = Object.entries(operation.responses).map(([status, given]) => {
    const response = resolve(given);
    const [type, content] = Object.entries(response.content ?? {})[0] ?? ["", null];
    return make("tr", {}, make("td", {}, make("code", {}, status)),
      make("td", {}, content?.schema ? type_words(content.schema) : ""), make("td", {}, `${response.description} ${type}`));
  });
  return make("div", {}, make("h3", {}, "Responses"), make("table", {}, ...rows));
}

function operation_view(verb, path, operation) {
  const inside = make("div", { class: "inside" });
  const view = make("details", { class: "operation", id: operation.operationId },
    make("summary", {}, make("span", { class: "verb" }, verb.toUpperCase()), make("span", { class: "path" }, path), make("span", { class: "summary" }, operation.summary)), inside);
  view.addEventListener("toggle", () => {
    if (!view.open || inside.childElementCount) return;
    if (operation.description) inside.append(make("p", {}, operation.description));
    inside.append(...body_section(operation), responses_section(operation), make("h3", {}, "Try it"), try_form(verb, path, operation));
  });
  return view;
}

function schema_view(name, schema) {
  return make("details", { class: "schema", id: `schema-${name}` }, make("summary", {}, make("span", { class: "path" }, name)),
    make("div", { class: "inside" }, schema.description ? make("p", {}, schema.description) : null, members(schema)));
}

function show() {
  const place = document.getElementById("docs");
  place.replaceChildren(
    make("h1", {}, `${description.info.title} API`),
    make("p", { class: "lead" }, `Version ${description.info.version}. ${description.info.description}`));
  for (const tag of description.tags) {
    place.append(make("h2", {}, tag.name, make("small", {}, tag.description)));
    for (const [path, verbs] of Object.entries(description.paths)) {
      for (const [verb, operation] of Object.entries(verbs)) {
        if (operation.tags.includes(tag.name)) place.append(operation_view(verb, path, operation));
      }
    }
  }
  place.append(make("h2", {}, "schemas", make("small", {}, "The objects in request and response bodies.")));
  for (const [name, schema] of Object.entries(description.components.schemas)) place.append(schema_view(name, schema));
}

fetch("/openapi.json")
  .then((response) => response.json())
  .then((document_) => { description = document_; show(); })
  .catch((error) => { document.getElementById("docs").textContent = `The description cannot be read: ${error}`; });
