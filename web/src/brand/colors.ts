// The colours of both schemes, derived from one. Contrasts are those of WCAG 2.
type Rgb = [number, number, number];

export const isColor = (text: string) => /^#[0-9a-f]{6}$/i.test(text);

const parse = (hex: string): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Rgb;
const print = (rgb: Rgb) => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
const mix = (a: Rgb, b: Rgb, share: number): Rgb => a.map((part, i) => part + ((b[i] ?? 0) - part) * share) as Rgb;

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const linear = part / 255;
    return linear <= 0.04045 ? linear / 12.92 : ((linear + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
export const contrast = (a: string, b: string) => ratio(parse(a), parse(b));

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const LEAST = 4.6; // a little more than 4.5: colours are rounded
const STEP = 0.04;

// The grounds of styles/base.css that coloured texts stand on.
export const GROUNDS = { light: ["#faf8f4", "#ffffff", "#f1ece4"], dark: ["#151210", "#1f1b18", "#2a2521"] };

// Moves the colour towards black or white until it is legible on all of these.
function legible(color: Rgb, grounds: Rgb[], towards: Rgb): Rgb {
  let share = 0;
  let now = color;
  while (share < 1 && grounds.some((ground) => ratio(now, ground) < LEAST)) {
    share = Math.min(1, share + STEP);
    now = mix(color, towards, share);
  }
  return now;
}

function scheme(color: Rgb, grounds: string[], towards: Rgb, washGround: Rgb, washShare: number) {
  const wash = mix(washGround, color, washShare);
  const accent = legible(color, [...grounds.map(parse), wash], towards);
  const on = ratio(WHITE, accent) >= LEAST ? WHITE : mix(accent, BLACK, 0.88);
  return { accent: print(accent), "accent-strong": print(mix(accent, towards, 0.2)), "on-accent": print(on), wash: print(wash) };
}

export function schemeColors(hex: string) {
  const color = parse(hex);
  return {
    light: scheme(color, GROUNDS.light, BLACK, WHITE, 0.12),
    dark: scheme(color, GROUNDS.dark, WHITE, parse("#1f1b18"), 0.18),
  };
}
