import { vi } from "vitest";

// Records the files of forms as "name size": jsdom's own forms take no Blob of Node's.
export function recordFiles(): string[] {
  const files: string[] = [];
  vi.stubGlobal("FormData", class {
    append = (_: string, file: Blob, name: string) => void files.push(`${name} ${file.size}`);
  });
  return files;
}
