import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/clusters.css";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link, useParams, useRouter } from "../routing/router";
import { ArrowLeft, Boxes, CircleSlash, MoveRight, Pencil, Sparkles, Split } from "lucide-react";
import { useState } from "react";
import { useMay } from "../access/me";
import { ApiError } from "../api/client";
import { clusters, type ClusterDetail, type ClusterMember } from "../api/clusters";
import { Facts } from "../shell/Facts";
import { Message, ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { differing } from "./differing";
import { MemberCard } from "./MemberCard";
import { MoveDialog } from "./MoveDialog";
import { RenameDialog } from "./RenameDialog";
import { SelectionBar } from "../shell/SelectionBar";
import { clustersKey, nameOf, problemOf, toggled, useRefresh } from "./shared";

const t = pageTexts.clusters;

const back = (
  <Link to="/studio/clusters" className="text-button cluster-back">
    <ArrowLeft size={16} aria-hidden /> {t.back}
  </Link>
);

function Gone() {
  return (
    <Message icon={<Boxes size={32} />} title={t.gone}>
      <p>{t.goneLead}</p>
      <Link to="/studio/clusters" className="button">
        {t.back}
      </Link>
    </Message>
  );
}

function Head({ cluster, mayChange, onRename }: { cluster: ClusterDetail; mayChange: boolean; onRename: () => void }) {
  const notice = useNotice();
  const describing = useMutation({
    mutationFn: () => clusters.describe(cluster.id),
    onSuccess: () => notice(t.describing),
    onError: (error) => notice(problemOf(error)),
  });
  const copies = cluster.size - cluster.photos;
  const facts = [t.photos(cluster.size), copies > 0 && t.copies(copies), cluster.label_origin === "model" && t.byModel];
  return (
    <header className="page-head with-action">
      <div>
        {back}
        <h1 dir="auto">{nameOf(cluster)}</h1>
        <p className="soft">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      {mayChange && (
        <div className="row">
          <button type="button" className="button" onClick={onRename}>
            <Pencil size={16} aria-hidden /> {t.rename}
          </button>
          <button type="button" className="button" disabled={describing.isPending} onClick={() => describing.mutate()}>
            <Sparkles size={16} aria-hidden /> {t.describe}
          </button>
        </div>
      )}
    </header>
  );
}

// What people and models say of the cluster, besides its name.
function Labels({ labels }: { labels: ClusterDetail["labels"] }) {
  const values = new Map<string, string[]>();
  for (const { field, value } of labels) if (field !== "title") values.set(field, [...(values.get(field) ?? []), value]);
  if (values.size === 0) return null;
  return (
    <section className="panel" aria-label={t.properties}>
      <Facts className="facts" facts={[...values].map(([field, all]): [string, string] => [pageTexts.clusters.fields[field] ?? field.replaceAll("_", " "), all.join(", ")])} />
    </section>
  );
}

interface MembersProps {
  cluster: ClusterDetail; // its first page
  members: ClusterMember[]; // those that have been read
  onMove: (images: string[]) => void;
  mayChange: boolean;
}

function Members({ cluster, members, onMove, mayChange }: MembersProps) {
  const notice = useNotice();
  const refresh = useRefresh();
  const [chosen, setChosen] = useState<string[]>([]);
  const selected = chosen.filter((id) => members.some((member) => member.image_id === id));
  const changing = useMutation({
    mutationFn: (change: { said: string; act: () => Promise<unknown> }) => change.act(),
    onSuccess: (_, { said }) => {
      notice(said);
      setChosen([]);
    },
    onError: (error) => notice(problemOf(error)),
    onSettled: refresh,
  });
  const pair = differing(selected, cluster.centre.image_id);
  const isCopy = (member: ClusterMember, index: number) => members.findIndex((one) => one.photo_id === member.photo_id) < index;
  const badgeOf = (member: ClusterMember, index: number) => (member.image_id === cluster.centre.image_id ? t.centre : isCopy(member, index) ? t.copy : undefined);
  const staysNone = selected.length >= cluster.size;
  return (
    <>
      <SelectionBar count={selected.length} onClear={() => setChosen([])}>
        <button
          type="button"
          className="button"
          disabled={staysNone || changing.isPending}
          title={staysNone ? t.splitAll : undefined}
          onClick={() => changing.mutate({ said: t.splitDone, act: () => clusters.split(cluster.id, selected) })}
        >
          <Split size={17} aria-hidden /> {t.split}
        </button>
        <button type="button" className="button" disabled={changing.isPending} onClick={() => onMove(selected)}>
          <MoveRight size={17} aria-hidden /> {t.move}
        </button>
        <button
          type="button"
          className="button"
          disabled={!pair || changing.isPending}
          title={t.notSameHint}
          onClick={() => pair && changing.mutate({ said: t.notSameDone, act: () => clusters.notSame(...pair) })}
        >
          <CircleSlash size={17} aria-hidden /> {t.notSame}
        </button>
      </SelectionBar>
      <ul className="clusters" aria-label={t.members}>
        {members.map((member, index) => (
          <MemberCard
            key={member.image_id}
            member={member}
            badge={badgeOf(member, index)}
            selected={selected.includes(member.image_id)}
            onSelect={mayChange && cluster.size > 1 ? () => setChosen((now) => toggled(now, member.image_id)) : undefined}
          />
        ))}
      </ul>
    </>
  );
}

// One cluster with its photos, to split, rename and sort by hand.
export function ClusterPage() {
  const { id } = useParams();
  return <ClusterOf key={id} id={id} />;
}

function ClusterOf({ id }: { id: string }) {
  const router = useRouter();
  const notice = useNotice();
  const refresh = useRefresh();
  const mayChange = useMay()("items:write");
  const [renaming, setRenaming] = useState(false);
  const [moving, setMoving] = useState<string[]>();
  const query = useInfiniteQuery({
    queryKey: [...clustersKey, id],
    queryFn: ({ pageParam, signal }) => clusters.one(id, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
  const cluster = query.data?.pages[0];
  if (query.isError && query.error instanceof ApiError && query.error.status === 404) return <Gone />;
  if (!cluster) return query.isError ? <ReadFailure query={query} /> : <div className="page" aria-busy />;
  const members = query.data?.pages.flatMap((page) => page.members) ?? [];
  // A photo takes its copies along.
  const photosOf = (images: string[]) => new Set(images.map((image) => members.find((one) => one.image_id === image)?.photo_id ?? image)).size;
  return (
    <div className="page">
      <Head cluster={cluster} mayChange={mayChange} onRename={() => setRenaming(true)} />
      <ReadFailure query={query} />
      <Labels labels={cluster.labels} />
      {mayChange && cluster.size > 1 && <p className="soft small">{t.memberHint}</p>}
      <Members cluster={cluster} members={members} mayChange={mayChange} onMove={setMoving} />
      {query.hasNextPage && (
        <div className="row center">
          <MoreButton query={query} />
        </div>
      )}
      {renaming && (
        <RenameDialog
          cluster={cluster}
          onDone={() => {
            notice(t.renamed);
            setRenaming(false);
            refresh();
          }}
          onClose={() => setRenaming(false)}
        />
      )}
      {moving && (
        <MoveDialog
          from={id}
          images={moving}
          onDone={() => {
            notice(t.moved);
            setMoving(undefined);
            // The cluster ends with its last photo.
            if (photosOf(moving) >= cluster.photos) void router.navigate({ to: "/studio/clusters" });
            else refresh();
          }}
          onClose={() => setMoving(undefined)}
        />
      )}
    </div>
  );
}
