import { Bell, Boxes, FlaskConical, Heart, KeyRound, ListTodo, Rss, ShieldAlert, Shirt, Sparkles, TrendingUp, UserRound, Users } from "lucide-react";
import type { Me } from "../api/access";
import { texts } from "../texts";
import { may } from "./me";

const PAGES = [
  { to: "/account", text: texts.titles.account, icon: UserRound, shown: (me: Me) => me.kind === "user" },
  { to: "/favourites", text: texts.titles.favourites, icon: Heart, shown: (me: Me) => me.kind === "user" },
  { to: "/wardrobe", text: texts.titles.wardrobe, icon: Shirt, shown: (me: Me) => me.kind === "user" },
  { to: "/for-you", text: texts.titles.forYou, icon: Sparkles, shown: (me: Me) => may(me, "search") },
  { to: "/outfits", text: texts.titles.outfits, icon: Shirt, shown: (me: Me) => may(me, "search") },
  { to: "/saved-searches", text: texts.titles.savedSearches, icon: Bell, shown: (me: Me) => may(me, "search") },
  { to: "/trends", text: texts.titles.trends, icon: TrendingUp, shown: (me: Me) => may(me, "items:read") },
  { to: "/review", text: texts.titles.review, icon: ShieldAlert, shown: (me: Me) => may(me, "content:review") },
  { to: "/clusters", text: texts.titles.clusters, icon: Boxes, shown: (me: Me) => may(me, "items:write") },
  { to: "/sources", text: texts.titles.sources, icon: Rss, shown: (me: Me) => may(me, "items:write") },
  { to: "/queues", text: texts.titles.queues, icon: ListTodo, shown: (me: Me) => may(me, "admin") },
  { to: "/experiments", text: texts.titles.experiments, icon: FlaskConical, shown: (me: Me) => may(me, "admin") },
  { to: "/keys", text: texts.titles.keys, icon: KeyRound, shown: (me: Me) => may(me, "admin") },
  { to: "/users", text: texts.titles.users, icon: Users, shown: (me: Me) => me.kind === "user" && may(me, "admin") },
] as const;

export const pagesOf = (me: Me) => PAGES.filter((page) => page.shown(me));
export const nameOf = (me: Me) => me.name || me.email || "";
