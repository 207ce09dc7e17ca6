import { useQuery } from "@tanstack/react-query";
import { imports, isAtWork, type ListedImport } from "../api/imports";
import { whileAllowed } from "../shell/queries";
import { formatMoment } from "../shell/format";
import { texts } from "../texts";

const POLL_MS = 5_000;

const line = ({ progress }: ListedImport) =>
  [
    progress.created > 0 && `${texts.catalogue.created} ${progress.created}`,
    progress.updated > 0 && `${texts.catalogue.updated} ${progress.updated}`,
    progress.rejected > 0 && `${texts.catalogue.rejected} ${progress.rejected}`,
  ]
    .filter(Boolean)
    .join(" · ");

// The imports of the catalogue, the latest first; each opens where its import is.
export function PastImports({ current, onOpen }: { current: string | undefined; onOpen: (id: string) => void }) {
  const query = useQuery({
    queryKey: ["imports"],
    queryFn: ({ signal }) => imports.list(signal),
    refetchInterval: ({ state }) => (state.data?.imports.some((one) => isAtWork(one.state)) ? whileAllowed(POLL_MS)({ state }) : false),
  });
  const others = (query.data?.imports ?? []).filter((one) => one.id !== current);
  if (others.length === 0) return null;
  return (
    <details className="past-imports">
      <summary>{texts.imports.past(others.length)}</summary>
      <ul>
        {others.map((one) => (
          <li key={one.id}>
            <button type="button" className="text-button" onClick={() => onOpen(one.id)}>
              <span dir="auto">{one.file.name}</span>
            </button>
            <span className="soft small">
              {[formatMoment(one.created_at), texts.imports.states[one.state], line(one)].filter(Boolean).join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
