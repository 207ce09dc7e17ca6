// Splits a CSV or NDJSON file of any size into parts of whole rows, which are sent one by one.

export interface Part {
  text: string; // rows with their line breaks, without the header of a CSV
  line: number; // 1-based line of the file at which the part begins
  rows: number;
  bytes: number; // of the file up to the end of the part
}

export interface Splitter {
  header: string; // the header of a CSV, known after the first part
  headerLines: number;
  parts: AsyncGenerator<Part>;
}

interface Limits {
  rows: () => number; // maximum number of rows of the next part
  bytes: number; // approximate maximum number of characters
}

// Whether the text ends within double quotes (RFC 4180), given that it begins within them if `quoted`.
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
