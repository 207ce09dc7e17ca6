// A catalogue of six pieces with three users. It is made once; tests of accounts change copies of it.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { addUser, Fit } from "./fit";
import type { Piece } from "./pieces";

export const ROOT = "the-key-of-the-environment";
export const PASSWORD = "correct horse battery";
export const OWNER = "owner@example.com";
export const EDITOR = "editor@example.com";
export const VIEWER = "viewer@example.com";

// Signs in on a page that asks for it.
export async function signIn(page: Page, email: string) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export const withKey = (key: string) => ({ Authorization: `Bearer ${key}` });

async function fill(fit: Fit, pieces: Piece[]) {
  const rows = pieces.map(({ external_id, title, photo }) => JSON.stringify({ external_id, title, image_base64: readFileSync(photo).toString("base64") }));
  const response = await fetch(`${fit.url}/api/v1/items/import?source=sample`, {
    method: "POST",
    headers: { ...withKey(ROOT), "Content-Type": "application/x-ndjson" },
    body: rows.join("\n"),
  });
  if (!response.ok) throw new Error(`The pieces were not imported: ${response.status} ${await response.text()}`);
}

// Makes the catalogue in the folder `data`.
export async function makePeople(data: string, pieces: Piece[]) {
  const fit = await new Fit(data, { EMBEDDING_PROVIDER: "palette", API_KEY: ROOT }).start();
  try {
    addUser(data, OWNER, "owner", PASSWORD);
    addUser(data, EDITOR, "editor", PASSWORD);
    addUser(data, VIEWER, "viewer", PASSWORD);
    await fill(fit, pieces.slice(0, 6));
  } finally {
    await fit.stop();
  }
}
