import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { nameOf, texts } from "../texts";

// The name of a field of an item, for people.
export function fieldName(field: string): string {
  const fields: Record<string, string> = texts.imports.fields;
  return fields[field] ?? nameOf(field);
}

// The name of the field that a row's problem is about: "images[2]" is about photos.
export const problemField = (field: string) => field && fieldName(field.replace(/\[\d+\]$/, ""));

// A refused file is described by the server, which names the file's own columns and lines.
export const importProblem = (error: unknown) =>
  error instanceof ApiError && (error.status === 400 || error.status === 422) ? error.message : errorText(error);
