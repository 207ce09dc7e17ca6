import { ArrowUpDown } from "lucide-react";
import { texts } from "../texts";
import { SORTS, type ChangeState, type SearchState, type Sort } from "./state";

const NAMES: Record<Sort, string> = {
  best: texts.sort.best,
  price: texts.sort.price,
  "-price": texts.sort.priceDown,
  newest: texts.sort.newest,
};

// The browser's own select, which phones show in their native form.
export function SortSelect({ state, searching, onChange }: { state: SearchState; searching: boolean; onChange: ChangeState }) {
  const name = (sort: Sort) => (!searching && sort === "best" ? texts.sort.latest : NAMES[sort]);
  const offered = SORTS.filter((sort) => searching || sort !== "newest");
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
