import { texts } from "../texts";
import { errorText } from "./errorText";
import { Problem } from "./Field";

interface Props {
  // A list that is read by pages.
  query: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    error: unknown;
    fetchNextPage: () => Promise<unknown>;
  };
  className?: string;
}

// Reads the next page of a list, if there is one. Where that fails, the list stays as it is.
export function MoreButton({ query, className = "button" }: Props) {
  if (!query.hasNextPage) return null;
  return (
    <>
      <Problem>{query.isFetchNextPageError && errorText(query.error)}</Problem>
      <button type="button" className={className} disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {texts.more}
      </button>
    </>
  );
}
