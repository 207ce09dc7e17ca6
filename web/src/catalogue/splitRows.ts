// Cuts a CSV or NDJSON file into parts of whole rows, however large it is, so that each part can be sent and its
// progress seen.

export interface Part {
  text: string; // rows with their line breaks; for a CSV without the header
  line: number; // 1-based line of the file where it begins
  rows: number;
  bytes: number; // of the file up to its end
}

export interface Splitter {
  header: string; // of a CSV, known after the first part
  headerLines: number;
  parts: AsyncGenerator<Part>;
}

interface Limits {
  rows: () => number; // most rows of the next part
  bytes: number; // and about so many characters
}

// Whether the text ends inside of double quotes (RFC 4180), going on from `quoted`.
function endsQuoted(text: string, quoted: boolean): boolean {
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quoted = !quoted;
  return quoted;
}

export function splitRows(file: Blob, csv: boolean, limits: Limits): Splitter {
  const splitter: Splitter = { header: "", headerLines: 0, parts: parts() };

  async function* rows(): AsyncGenerator<{ text: string; lines: number }> {
    const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let row = "";
    let lines = 0;
    let quoted = false;
    for (;;) {
      const { value, done } = await reader.read();
      rest += value ?? "";
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        const line = rest.slice(0, end + 1);
        rest = rest.slice(end + 1);
        row += line;
        ++lines;
        quoted = csv && endsQuoted(line, quoted);
        if (!quoted) {
          yield { text: row, lines };
          row = "";
          lines = 0;
        }
      }
      if (done) {
        if (row + rest !== "") yield { text: row + rest, lines: lines + 1 };
        return;
      }
    }
  }

  async function* parts(): AsyncGenerator<Part> {
    const encoder = new TextEncoder();
    let line = 1;
    let bytes = 0;
    let part: Part | undefined;
    for await (const { text, lines } of rows()) {
      bytes += encoder.encode(text).length;
      if (csv && splitter.header === "") {
        splitter.header = text.endsWith("\n") ? text : `${text}\n`;
        splitter.headerLines = lines;
        line += lines;
        continue;
      }
      if (text.trim() !== "") {
        part ??= { text: "", line, rows: 0, bytes };
        part.text += text;
        ++part.rows;
        part.bytes = bytes;
      } else if (part) {
        part.text += text;
      }
      line += lines;
      if (part && (part.rows >= limits.rows() || part.text.length >= limits.bytes)) {
        yield part;
        part = undefined;
      }
    }
    if (part) yield part;
  }

  return splitter;
}
