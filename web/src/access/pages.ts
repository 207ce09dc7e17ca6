// The pages that menus lead to, and who sees them there.
import { Activity, Bell, Boxes, FlaskConical, Heart, History, KeyRound, ListTodo, Rss, Search, ShieldAlert, Shirt, Sparkles, Store, Tags, TrendingUp, Upload, UserRound, Users, Wand } from "lucide-react";
import type { Me } from "../api/access";
import { texts } from "../texts";
import { may, mayOpen, mayStudio } from "./me";

const hasAccount = (me: Me | undefined) => me === undefined || me.kind === "user";
const isKnown = (me: Me | undefined) => me === undefined || me.kind !== "anonymous";

// What everybody has: the tabs of a phone.
const TABS = [
  { to: "/", text: texts.nav.search, icon: Search, shown: (me: Me | undefined) => mayOpen(me, "/") },
  { to: "/favourites", text: texts.nav.saved, icon: Heart, shown: (me: Me | undefined) => me !== undefined && hasAccount(me) },
  { to: "/saved-searches", text: texts.nav.saved, icon: Heart, shown: (me: Me | undefined) => (me === undefined || !hasAccount(me)) && mayOpen(me, "/saved-searches") },
  { to: "/recent", text: texts.nav.recent, icon: History, shown: (me: Me | undefined) => mayOpen(me, "/recent") },
] as const;

// What belongs to a person.
const PERSONAL = [
  { to: "/for-you", text: texts.titles.forYou, icon: Sparkles, shown: (me: Me | undefined) => isKnown(me) && may(me, "search") },
  { to: "/outfits", text: texts.titles.outfits, icon: Wand, shown: (me: Me | undefined) => isKnown(me) && may(me, "search") },
  { to: "/wardrobe", text: texts.titles.wardrobe, icon: Shirt, shown: hasAccount },
] as const;

const ACCOUNT = { to: "/account", text: texts.titles.account, icon: UserRound } as const;
const STUDIO_ENTRY = { to: "/studio", text: texts.nav.studio, icon: Store } as const;

// The pages of the studio by what they are for.
const STUDIO = [
  {
    name: "listings",
    pages: [
      { to: "/studio/catalogue", name: "catalogue", icon: Tags },
      { to: "/studio/uploads", name: "uploads", icon: Upload },
      { to: "/studio/sources", name: "sources", icon: Rss },
      { to: "/studio/clusters", name: "clusters", icon: Boxes },
      { to: "/studio/review", name: "review", icon: ShieldAlert },
    ],
  },
  {
    name: "insight",
    pages: [
      { to: "/studio/trends", name: "trends", icon: TrendingUp },
      { to: "/studio/experiments", name: "experiments", icon: FlaskConical },
      { to: "/studio/alerts", name: "alerts", icon: Bell },
    ],
  },
  {
    name: "server",
    pages: [
      { to: "/studio/operations", name: "operations", icon: Activity },
      { to: "/studio/queues", name: "queues", icon: ListTodo },
      { to: "/studio/users", name: "users", icon: Users },
      { to: "/studio/keys", name: "keys", icon: KeyRound },
    ],
  },
] as const;

export const tabsOf = (me: Me | undefined) => TABS.filter((page) => page.shown(me));
export const personalOf = (me: Me | undefined) => PERSONAL.filter((page) => page.shown(me));

// The groups of the studio's pages that somebody may open. A server of one person has no users.
export const studioOf = (me: Me | undefined) =>
  STUDIO.map(({ name, pages }) => ({ name, pages: pages.filter((page) => mayOpen(me, page.to) && (page.name !== "users" || hasAccount(me))) })).filter(({ pages }) => pages.length > 0);

// The entries of the account menu besides the personal ones.
export const accountOf = (me: Me) => (me.kind === "user" ? ([ACCOUNT] as const) : []);
export const studioEntryOf = (me: Me) => (mayStudio(me) ? ([STUDIO_ENTRY] as const) : []);
export const nameOf = (me: Me) => me.name || me.email || "";
