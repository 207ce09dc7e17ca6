import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../access/me";
import { forgetDeviceId } from "../api/device";
import { feedback } from "../api/feedback";
import { isLearning, switchLearning } from "../api/learning";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { PICKS } from "./picksKey";

const t = pageTexts.forYou;

// What the server may learn from the person, and the end of what it has learned.
export function LearningPanel() {
  const isUser = useMe()?.kind === "user";
  const queries = useQueryClient();
  const notice = useNotice();
  const [, setOn] = useState<boolean>(); // draws the switch anew
  const [forgetting, setForgetting] = useState(false);
  const on = isLearning(isUser);
  const turn = (next: boolean) => {
    switchLearning(next, isUser);
    setOn(next);
  };
  const forgotten = () => {
    if (!isUser) forgetDeviceId();
    setForgetting(false);
    notice(t.forgotten);
    void queries.invalidateQueries({ queryKey: PICKS });
  };
  return (
    <section className="panel" aria-labelledby="learning">
      <h2 id="learning">{t.learning}</h2>
      <p className="soft">{isUser ? t.learningUser : t.learningDevice}</p>
      <label className="choice">
        <input type="checkbox" role="switch" checked={on} onChange={(event) => turn(event.target.checked)} />
        <span>{t.learn}</span>
      </label>
      <div className="row">
        <button type="button" className="button" onClick={() => setForgetting(true)}>
          {t.forget}
        </button>
      </div>
      {forgetting && (
        <ConfirmDialog title={t.forgetTitle} lead={t.forgetLead} go={t.forget} act={feedback.forgetAll} onDone={forgotten} onClose={() => setForgetting(false)} />
      )}
    </section>
  );
}
