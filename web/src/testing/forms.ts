import { vi } from "vitest";

// Records the files of forms as "name size": jsdom's own forms take no Blob of Node's.
export function recordFiles(): string[] {
  const files: string[] = [];
  vi.stubGlobal("FormData", class {
    append = (_: string, file: Blob, name: string) => void files.push(`${name} ${file.size}`);
  });
  return files;
}

// Forms with fields that tests can read, by name; a file is its size. For `serve()`.
export class PlainForm {
  readonly fields: Record<string, string | number> = {};
  set = (name: string, value: string | Blob) => void (this.fields[name] = typeof value === "string" ? value : value.size);
  has = (name: string) => name in this.fields;
}
