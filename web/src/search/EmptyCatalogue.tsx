import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { Shirt } from "lucide-react";
import { useState } from "react";
import { useMay } from "../access/me";
import { api } from "../api/client";
import { errorText } from "../shell/errorText";
import { Message } from "../shell/Messages";
import { texts } from "../texts";

const SAMPLE = 200;
const STEP = 10;

export function EmptyCatalogue() {
  const queries = useQueryClient();
  const writable = useMay()("items:write");
  const [done, setDone] = useState(0);
  const adding = useMutation({
    mutationFn: async () => {
      for (let at = 0; at < SAMPLE; ) {
        at = (await api.sample(at, STEP)).next;
        setDone(at);
      }
    },
    // The index applies changes of the catalogue within a moment.
    onSuccess: async () => {
      for (let attempt = 0; attempt < 20; ++attempt) {
        if ((await api.browse({ limit: 1 })).items.length > 0) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await queries.invalidateQueries();
    },
  });
  return (
    <Message icon={<Shirt size={36} />} title={texts.empty.title}>
      <p>{writable ? texts.empty.lead : texts.empty.leadReading}</p>
      {!writable ? null : adding.isPending ? (
        <div className="progress">
          <progress value={done} max={SAMPLE} aria-label={texts.empty.sample} />
          <span>{texts.empty.adding(done, SAMPLE)}</span>
        </div>
      ) : (
        <div className="row center">
          <button type="button" className="button primary" onClick={() => adding.mutate()}>
            {texts.empty.sample}
          </button>
          <Link to="/studio/catalogue" className="button">
            {texts.empty.own}
          </Link>
        </div>
      )}
      {adding.isError && <p role="alert">{errorText(adding.error)}</p>}
    </Message>
  );
}
