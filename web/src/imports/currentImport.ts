// Which import this window shows. It is kept over a reload; the import itself is the server's.
const KEY = "import";

export function keptImport(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // the browser keeps nothing
  }
}

export function keepImport(id: string | undefined): void {
  try {
    if (id === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, id);
  } catch {
    // The list of imports leads to it.
  }
}
