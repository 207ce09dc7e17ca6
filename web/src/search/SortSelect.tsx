import { ArrowUpDown } from "lucide-react";
import { texts } from "../texts";
import type { Change } from "./QueryBar";
import { SORTS, type SearchState, type Sort } from "./state";

const NAMES: Record<Sort, string> = {
  best: texts.sort.best,
  price: texts.sort.price,
  "-price": texts.sort.priceDown,
  newest: texts.sort.newest,
};

// The browser's own list: phones show it as people know it.
export function SortSelect({ state, question, onChange }: { state: SearchState; question: boolean; onChange: Change }) {
  const name = (sort: Sort) => (!question && sort === "best" ? texts.sort.latest : NAMES[sort]);
  const offered = SORTS.filter((sort) => question || sort !== "newest");
  return (
    <span className="button select">
      <ArrowUpDown size={16} aria-hidden />
      <select
        aria-label={texts.sort.label}
        value={state.sort ?? "best"}
        onChange={(event) => {
          const sort = SORTS.find((one) => one === event.target.value);
          onChange((now) => ({ ...now, sort: sort === "best" ? undefined : sort }), { stay: true });
        }}
      >
        {offered.map((sort) => (
          <option key={sort} value={sort}>
            {name(sort)}
          </option>
        ))}
      </select>
    </span>
  );
}
