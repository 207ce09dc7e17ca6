import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { api, type Item, type PropertyName } from "../api/client";
import { PROPERTIES } from "../search/state";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { errorText } from "../shell/errorText";
import { Field, SelectField } from "../shell/Field";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { eachOf } from "../shell/eachOf";
import { patchFor, undoOf, type BulkChange } from "./bulk";
import { useKnownValues } from "./propertyValues";

type What = BulkChange["what"];
const STATUSES = ["active", "reserved", "sold", "hidden", "removed"] as const;

// A number as people of the page's languages type it.
function numberOf(text: string): number | undefined {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(value) ? value : undefined;
}

function useBulkChange(items: Item[], onDone: () => void) {
  const queries = useQueryClient();
  const notice = useNotice();
  return useMutation({
    mutationFn: (change: BulkChange) =>
      eachOf(
        items.filter((item) => patchFor(item, change) !== undefined),
        (item) => api.change(item.id, patchFor(item, change) ?? {}),
      ),
    onSuccess: ({ done, failed }, change) => {
      const refresh = () => queries.invalidateQueries();
      const undo = async () => {
        const undone = await eachOf(done, (item) => api.change(item.id, undoOf(item, change)));
        if (undone.failed.length > 0) notice(texts.bulk.failed(undone.failed.length));
        await refresh();
      };
      void refresh();
      if (failed.length > 0) notice(`${texts.bulk.failed(failed.length)} ${errorText(failed[0]?.error)}`);
      if (done.length > 0) notice(texts.bulk.changed(done.length), { text: texts.bulk.undo, run: () => void undo(), onGone: () => undefined });
      else if (failed.length === 0) notice(texts.bulk.unchanged);
      onDone();
    },
  });
}

// Changes one thing of all selected items: their status, price or a property.
export default function BulkDialog({ items, onDone, onClose }: { items: Item[]; onDone: () => void; onClose: () => void }) {
  const [what, setWhat] = useState<What>("status");
  const [status, setStatus] = useState<string>("sold");
  const [amount, setAmount] = useState("");
  const [currency, setCurrency] = useState("");
  const [name, setName] = useState<PropertyName>("category");
  const [value, setValue] = useState("");
  const [isWrong, setWrong] = useState(false);
  const known = useKnownValues();
  const changing = useBulkChange(items, onDone);

  const changeOf = (): BulkChange | undefined => {
    if (what === "status") return { what, status };
    if (what === "property") return { what, name, value: value.trim() };
    const number = numberOf(amount);
    if (number === undefined || (what === "price" && number < 0) || (what === "percent" && number < -100)) return undefined;
    if (what === "percent") return { what, percent: number };
    return /^([A-Za-z]{3})?$/.test(currency.trim()) ? { what, price: number, currency: currency.trim().toUpperCase() } : undefined;
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const change = changeOf();
    setWrong(change === undefined);
    if (change) changing.mutate(change);
  };
  const whats: [What, string][] = [
    ["status", texts.catalogue.status],
    ["price", texts.bulk.setPrice],
    ["percent", texts.bulk.percent],
    ["property", texts.bulk.property],
  ];
  return (
    <DialogFrame title={texts.bulk.title(items.length)} onClose={onClose}>
      <form className="edit" onSubmit={submit} noValidate>
        <SelectField label={texts.bulk.what} value={what} options={whats} onChange={setWhat} />
        {what === "status" && <SelectField label={texts.bulk.becomes} value={status} options={STATUSES.map((one): [string, string] => [one, texts.status[one] ?? one])} onChange={setStatus} />}
        {(what === "price" || what === "percent") && (
          <Field
            label={what === "price" ? texts.edit.price : texts.bulk.percentBy}
            hint={what === "percent" ? texts.bulk.percentHint : undefined}
            wrong={isWrong ? texts.bulk.wrongNumber : undefined}
            inputMode="decimal"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
        )}
        {what === "price" && <Field label={texts.edit.currency} hint={texts.bulk.currencyHint} maxLength={3} value={currency} onChange={(event) => setCurrency(event.target.value)} />}
        {what === "property" && (
          <>
            <SelectField label={texts.bulk.property} value={name} options={PROPERTIES.map((one) => [one, texts.properties[one]])} onChange={setName} />
            <Field label={texts.bulk.becomes} hint={texts.bulk.emptyHint} list="bulk-values" maxLength={100} autoComplete="off" value={value} onChange={(event) => setValue(event.target.value)} />
            <datalist id="bulk-values">{known[name]?.map((one) => <option key={one} value={one} />)}</datalist>
          </>
        )}
        <DialogFoot go={texts.bulk.apply} disabled={changing.isPending} />
      </form>
    </DialogFrame>
  );
}
