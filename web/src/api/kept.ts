// A text that the browser keeps under a key; where it forbids its storage, this page keeps it until it is closed.
export function keptText(key: string) {
  let unkept: string | undefined;
  return {
    read(): string | undefined {
      try {
        return localStorage.getItem(key) ?? unkept;
      } catch {
        return unkept;
      }
    },
    // undefined: forgets it.
    write(text: string | undefined) {
      unkept = undefined;
      try {
        if (text === undefined) localStorage.removeItem(key);
        else localStorage.setItem(key, text);
      } catch {
        unkept = text;
      }
    },
  };
}
