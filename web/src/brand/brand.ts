// The shop that the app presents itself as: the settings BRAND_… of the server, which its page has in <meta name="brand">.
import { isColor, schemeColors } from "./colors";

export interface Brand {
  name: string;
  logo: string; // address of a picture
  color?: string; // "#rrggbb"
  currency?: string; // of prices that have none
  languages?: string[]; // that the app offers, the first for others; undefined: all
  imprint?: string;
  privacy?: string;
}

const OWN: Brand = { name: "Find This Fit", logo: "/favicon.svg" };
const KEYS = ["name", "logo", "color", "currency", "imprint", "privacy"] as const;

export function brandIn(content: string | null | undefined): Brand {
  if (!content) return OWN;
  try {
    const given = JSON.parse(content) as Record<string, unknown> | null;
    const texts = KEYS.map((key) => [key, given?.[key]] as const).filter(([, value]) => typeof value === "string" && value !== "");
    const tags = Array.isArray(given?.languages) ? given.languages.filter((one) => typeof one === "string") : [];
    return { ...OWN, ...Object.fromEntries(texts), ...(tags.length > 0 && { languages: tags }) };
  } catch {
    return OWN;
  }
}

export const brand = brandIn(typeof document === "undefined" ? null : document.querySelector<HTMLMetaElement>('meta[name="brand"]')?.content);

// Sets the colours of the style sheets.
export function applyBrand({ color }: Brand = brand) {
  if (!color || !isColor(color)) return;
  const { light, dark } = schemeColors(color);
  const { style } = document.documentElement;
  for (const name of ["accent", "accent-strong", "on-accent", "wash"] as const) style.setProperty(`--${name}`, `light-dark(${light[name]}, ${dark[name]})`);
}
