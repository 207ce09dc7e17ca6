import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { jobs } from "../api/jobs";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, Problem, SelectField, useFocusOnWrong } from "../shell/Field";
import { texts } from "../texts";
import { kindName } from "./kindName";

const t = texts.queues;
type Length = "forever" | "15" | "60" | "480" | "1440" | "time"; // numbers are minutes
const LENGTHS = (["forever", "15", "60", "480", "1440", "time"] as const).map((one): [Length, string] => [one, t.lengths[one] ?? one]);

// When a pause ends: null for never, undefined for a time that is none or not in the future.
function endOf(length: Length, time: string): string | null | undefined {
  if (length === "forever") return null;
  const end = length === "time" ? Date.parse(time) : Date.now() + Number(length) * 60_000;
  return end > Date.now() ? new Date(end).toISOString() : undefined;
}

export function PauseDialog({ queue, onPaused, onClose }: { queue: string; onPaused: () => void; onClose: () => void }) {
  const [length, setLength] = useState<Length>("forever");
  const [time, setTime] = useState("");
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<{ until?: string }>({});
  const pausing = useMutation({ mutationFn: (until: string | null) => jobs.pause(queue, { ...(until && { until }), ...(reason.trim() && { reason: reason.trim() }) }), onSuccess: onPaused });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const until = endOf(length, time);
    setWrong(until === undefined ? { until: t.untilWrong } : {});
    if (until !== undefined) pausing.mutate(until);
  };
  const form = useFocusOnWrong(wrong, wrong);
  return (
    <DialogFrame title={t.pauseTitle(kindName(queue))} lead={t.pauseLead} onClose={onClose}>
      <form ref={form} onSubmit={submit} className="account-form" noValidate>
        <div className="two">
          <SelectField label={t.howLong} value={length} options={LENGTHS} onChange={setLength} />
          {length === "time" && <Field label={t.until} type="datetime-local" value={time} wrong={wrong.until} onChange={(event) => setTime(event.target.value)} />}
        </div>
        <Field label={t.reason} hint={t.reasonHint} value={reason} maxLength={200} autoComplete="off" onChange={(event) => setReason(event.target.value)} />
        <Problem>{pausing.isError && errorText(pausing.error)}</Problem>
        <DialogFoot go={t.pause} disabled={pausing.isPending} />
      </form>
    </DialogFrame>
  );
}
