import { KeyRound, UserRound, Users } from "lucide-react";
import type { Me } from "../api/access";
import { texts } from "../texts";
import { may } from "./me";

const PAGES = [
  { to: "/account", text: texts.titles.account, icon: UserRound, shown: (me: Me) => me.kind === "user" },
  { to: "/keys", text: texts.titles.keys, icon: KeyRound, shown: (me: Me) => may(me, "admin") },
  { to: "/users", text: texts.titles.users, icon: Users, shown: (me: Me) => me.kind === "user" && may(me, "admin") },
] as const;

export const pagesOf = (me: Me) => PAGES.filter((page) => page.shown(me));
export const nameOf = (me: Me) => me.name || me.email || "";
