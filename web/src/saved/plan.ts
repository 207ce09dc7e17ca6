import { locale } from "../language/language";
// Days of a plan, as texts such as 2026-03-01. A day has no time zone. Weeks begin on Monday.
const DAY_MS = 86_400_000;

export const addDays = (day: string, days: number) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

const daysFrom = (first: string, count: number) => Array.from({ length: count }, (_, i) => addDays(first, i));
const weekday = (day: string) => (new Date(day).getUTCDay() + 6) % 7;

// The seven days of the week of a day.
export const weekOf = (day: string) => daysFrom(addDays(day, -weekday(day)), 7);

// The days of all weeks that have a day of the month.
export function monthOf(day: string): string[] {
  const first = `${day.slice(0, 8)}01`;
  const next = addMonths(day, 1);
  const start = addDays(first, -weekday(first));
  const days = (Date.parse(next) - Date.parse(start)) / DAY_MS;
  return daysFrom(start, Math.ceil(days / 7) * 7);
}

// The first day of the month that is so many months later.
export function addMonths(day: string, months: number): string {
  const date = new Date(day);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)).toISOString().slice(0, 10);
}

const formatter = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" });
  return (day: string) => format.format(new Date(day));
};

export const formatLongDay = formatter({ weekday: "long", month: "long", day: "numeric" });
export const formatWeekday = formatter({ weekday: "short" });
export const formatMonth = formatter({ month: "long", year: "numeric" });
