import { useQuery } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { formatMoment } from "../shell/format";
import { texts } from "../texts";
import { Grid } from "./Grid";
import { keptResults, keptSearches } from "./resultStore";
import { useRecent } from "./recent";
import { oneSection, sectionsOf } from "./sections";
import { hasExample, hasQuery, parseState, stringifyState, type ChangeState, type SearchState } from "./state";
import type { KeptPage, QueryInfo } from "./useSearch";

const t = texts.kept;
const nothing = () => undefined;

interface Props {
  state: SearchState;
  info: QueryInfo;
  onOpen: (id: string, position: number) => void;
  onMore: (id: string) => void;
  onChange: ChangeState;
}

// The last searches whose results are on this device.
function Searches({ but }: { but: string }) {
  const recent = useRecent();
  const { data: here } = useQuery({ queryKey: ["kept-searches"], queryFn: keptSearches, staleTime: 0 });
  const list = recent.filter(({ search }) => search !== but && here?.has(search));
  if (list.length === 0) return null;
  return (
    <section className="kept" aria-labelledby="kept-title">
      <h2 id="kept-title">{t.title}</h2>
      <ul className="ways">
        {list.map(({ search, hash, label }) => (
          <li key={search}>
            <Link to="/" search={parseState(search)} hash={hash} className="button">
              <span dir="auto">{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

// What is there while the server cannot be reached: the results that this search had before, and the other searches that have some.
export default function KeptResults({ state, info, onOpen, onMore, onChange }: Props) {
  const search = stringifyState(state);
  const { data: kept } = useQuery({ queryKey: ["kept-results", search], queryFn: () => keptResults<KeptPage>(search), staleTime: 0 });
  const found = kept?.page.found ?? [];
  const sections = hasQuery(state) && !state.sort ? sectionsOf([found], hasExample(state)) : oneSection(found);
  const gridProps = { sections, state, info: { ...info, explain: undefined }, onOpen, onMore, onChange };
  return (
    <>
      <Searches but={search} />
      {kept && found.length > 0 && (
        <>
          <p className="soft" role="status">
            {t.from(formatMoment(new Date(kept.at).toISOString()))}
          </p>
          <Grid {...gridProps} dimmed={false} hasMore={false} loadingMore={false} moreFailed={false} onReachEnd={nothing} />
        </>
      )}
    </>
  );
}
