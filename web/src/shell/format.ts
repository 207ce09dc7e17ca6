import { brand } from "../brand/brand";
import { locale } from "../language/language";
const money = new Map<string, Intl.NumberFormat>();

export function formatPrice(price: number | null, currency: string | null): string | null {
  if (price === null) return null;
  const code = currency ?? brand.currency ?? "";
  const isWhole = Number.isInteger(Math.round(price * 100) / 100);
  const key = `${code} ${isWhole}`;
  let format = money.get(key);
  if (!format) {
    const digits = { minimumFractionDigits: isWhole ? 0 : 2, maximumFractionDigits: 2 };
    try {
      format = new Intl.NumberFormat(locale(), code ? { style: "currency", currency: code, currencyDisplay: "narrowSymbol", ...digits } : digits);
    } catch {
      format = new Intl.NumberFormat(locale(), digits);
    }
    money.set(key, format);
  }
  return format.format(price);
}

// "$" or "€", or the code of a currency without a symbol.
export function symbolOf(currency: string): string {
  try {
    const parts = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" }).formatToParts(0);
    return parts.find((one) => one.type === "currency")?.value ?? currency;
  } catch {
    return currency;
  }
}

// A share or a confidence, from 0 to 1, as a percentage.
export const percent = (share: number) => Math.max(0, Math.min(100, Math.round(share * 100)));

// URLs in listings are untrusted: schemes that run code are refused.
export function safeLink(address: string | null): string | null {
  if (!address) return null;
  return /^[a-z][a-z0-9+.-]*:/i.test(address) && !/^(javascript|data|vbscript|blob|file):/i.test(address.trim()) ? address : null;
}

// The link to a listing: the marketplace's app on a phone, its page elsewhere.
export function listingLink(item: { url: string | null; deep_link: string | null }): string | null {
  const touch = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;
  return safeLink(touch ? (item.deep_link ?? item.url) : (item.url ?? item.deep_link));
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

export function formatDuration(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min`;
  return `${Math.floor(seconds)} s`;
}

export function formatDate(time: string | null): string | null {
  if (!time) return null;
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(time));
}

const COLOURS: Record<string, string> = {
  black: "#1c1b1a",
  white: "#ffffff",
  grey: "#8d8d8d",
  gray: "#8d8d8d",
  silver: "#c4c6c8",
  charcoal: "#42464b",
  beige: "#dcc9a8",
  cream: "#f4ead2",
  tan: "#c49a6c",
  camel: "#c19a6b",
  brown: "#6f4628",
  burgundy: "#6d1a2d",
  maroon: "#6d1a2d",
  red: "#c8202f",
  coral: "#f2725c",
  pink: "#ec8fb0",
  orange: "#e9772b",
  mustard: "#d2a021",
  yellow: "#f2cf3b",
  gold: "#c9a449",
  green: "#3f8a4c",
  olive: "#75752f",
  khaki: "#a3976a",
  mint: "#a5dcc0",
  teal: "#20787a",
  turquoise: "#3fc1c0",
  blue: "#2f66c0",
  "light blue": "#9cc5ea",
  navy: "#1d2a52",
  purple: "#6d3f97",
  lavender: "#bba8dc",
};
export const BUT_COLOURS = ["black", "white", "grey", "beige", "brown", "red", "pink", "orange", "yellow", "green", "blue", "navy", "purple"];

export function swatch(colour: string): string | undefined {
  const name = colour.toLowerCase();
  return COLOURS[name] ?? name.split(/[\s-]+/).map((word) => COLOURS[word]).find(Boolean);
}

// A moment with its day and its time of day.
export const formatMoment = (time: string) => new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }).format(new Date(time));

// The time of day of a moment in milliseconds.
export const formatTime = (moment: number) => new Intl.DateTimeFormat(locale(), { timeStyle: "medium", hourCycle: "h23" }).format(moment);

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];

// How long ago a moment was, such as "5 minutes ago".
export function formatAgo(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const [unit, length] = UNITS.find((one) => Math.abs(seconds) >= one[1]) ?? ["second", 1];
  return unit === "second" ? format.format(0, "second") : format.format(Math.round(seconds / length), unit);
}
