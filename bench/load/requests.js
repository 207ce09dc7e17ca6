// Parts of the requests of mix.js.

// The first words of a title that is drawn.
export function tokens(titles, count) {
  const title = titles[Math.floor(Math.random() * titles.length)];
  return title.split(' ').slice(0, count).join(' ');
}

// A GIF of 16 x 16 pixels in one colour, whose comment makes it another file for each run and number (GIF89a).
export function photo(run, number) {
  const comment = `${run}-${number}`;
  const colour = [number & 255, (number >> 8) & 255, (number >> 16) & 255];
  // One clear code and 16 pixels of colour 0 in each group; codes of three bits, as the minimum code size 2 has them.
  const codes = [];
  for (let pixel = 0; pixel < 256; ++pixel) {
    if (pixel % 2 === 0) codes.push(4);
    codes.push(0);
  }
  codes.push(5);
  const pixels = [];
  let bits = 0;
  let held = 0;
  for (const code of codes) {
    held |= code << bits;
    bits += 3;
    while (bits >= 8) {
      pixels.push(held & 255);
      held >>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) pixels.push(held & 255);
  const text = (value) => Array.from(value, (letter) => letter.charCodeAt(0));
  const blocks = [];
  for (let at = 0; at < pixels.length; at += 255) {
    const part = pixels.slice(at, at + 255);
    blocks.push(part.length, ...part);
  }
  const bytes = [
    ...text('GIF89a'), 16, 0, 16, 0, 0x81, 0, 0, ...colour, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0x21, 0xfe, comment.length, ...text(comment), 0,
    0x2c, 0, 0, 0, 0, 16, 0, 16, 0, 0, 2, ...blocks, 0, 0x3b,
  ];
  return new Uint8Array(bytes).buffer;
}
