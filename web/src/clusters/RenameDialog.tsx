import { useMutation } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { clusters, type Cluster } from "../api/clusters";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { Field, Problem, textOf } from "../shell/Field";
import { pageTexts } from "../pageTexts";
import { problemOf } from "./shared";

const t = pageTexts.clusters;

export function RenameDialog({ cluster, onDone, onClose }: { cluster: Cluster; onDone: () => void; onClose: () => void }) {
  const saving = useMutation({ mutationFn: (label: string) => clusters.rename(cluster.id, label), onSuccess: onDone });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    saving.mutate(textOf(new FormData(event.currentTarget), "name"));
  };
  return (
    <DialogFrame title={t.renameTitle} onClose={onClose}>
      <form onSubmit={submit} className="account-form">
        <Field label={t.name} name="name" hint={t.nameHint} defaultValue={cluster.label ?? ""} maxLength={100} autoComplete="off" />
        <Problem>{saving.isError && problemOf(saving.error)}</Problem>
        <DialogFoot go={t.save} disabled={saving.isPending} />
      </form>
    </DialogFrame>
  );
}
