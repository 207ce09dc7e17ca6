import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp, FolderUp } from "lucide-react";
import { useCallback, useEffect, useRef, useState, type DragEvent } from "react";
import { imports } from "../api/imports";
import { keepImport, keptImport } from "../imports/currentImport";
import { ImportJobView } from "../imports/ImportJobView";
import { importProblem } from "../imports/importWords";
import { PastImports } from "../imports/PastImports";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { fromDrop, fromInput } from "./folder";
import { useImportRun, useImportState } from "./importRun";
import { PhotoImport } from "./PhotoImport";
import { isRowsFile, type Source } from "./runImport";

interface Chosen {
  onFile: (file: File) => void;
  onPhotos: (source: Source) => void;
}

function Chooser({ onFile, onPhotos, problem }: Chosen & { problem: string | undefined }) {
  const [over, setOver] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const notice = useNotice();
  useEffect(() => {
    // React does not support this attribute.
    folder.current?.setAttribute("webkitdirectory", "");
  }, []);

  const chooseFile = (chosen: File) => (isRowsFile(chosen.name) ? onFile(chosen) : notice(texts.catalogue.wrongType));
  const choosePhotos = (source: Source) => (source.photos.length > 0 ? onPhotos(source) : notice(texts.catalogue.wrongType));
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = await fromDrop(event.dataTransfer).catch(() => undefined);
    if (!dropped) {
      notice(texts.catalogue.unreadable);
      return;
    }
    if (dropped.files.length > 0 && dropped.photos.length > 0) notice(texts.catalogue.mixed);
    else if (dropped.files[0]) chooseFile(dropped.files[0]);
    else choosePhotos({ photos: dropped.photos, skipped: dropped.skipped, name: dropped.name ?? "photos" });
  };
  const onInput = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])];
    input.value = ""; // the same file can be chosen again
    const first = files[0];
    if (!first) return;
    const found = fromInput(files);
    if (found.photos.length > 0) choosePhotos({ ...found, name: "photos" });
    else chooseFile(first);
  };
  const onFolder = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])];
    input.value = "";
    const path = files[0]?.webkitRelativePath ?? "";
    choosePhotos({ ...fromInput(files), name: path.split("/")[0] || "photos" });
  };
  return (
    <>
      <div
        role="group"
        aria-label={texts.catalogue.importTitle}
        className={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => void drop(event)}
      >
        <div className="row center">
          <button type="button" className="button primary" onClick={() => file.current?.click()}>
            <FileUp size={18} aria-hidden /> {texts.catalogue.file}
          </button>
          <button type="button" className="button" onClick={() => folder.current?.click()}>
            <FolderUp size={18} aria-hidden /> {texts.catalogue.folder}
          </button>
        </div>
        <p className="soft small">{texts.catalogue.drop}</p>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      <input ref={file} type="file" hidden multiple accept=".csv,.tsv,.txt,.ndjson,.jsonl,.json,.xml,image/*" aria-label={texts.catalogue.file} data-testid="import-file" onChange={(event) => onInput(event.target)} />
      <input ref={folder} type="file" hidden multiple aria-label={texts.catalogue.folder} data-testid="import-folder" onChange={(event) => onFolder(event.target)} />
    </>
  );
}

// Imports into the catalogue. Files of listings are imported by the server, whatever becomes of this window; photos are
// scaled and sent by it.
export function ImportPanel() {
  const queries = useQueryClient();
  const run = useImportRun();
  const photos = useImportState();
  const [current, setCurrent] = useState(keptImport);
  const show = useCallback((id: string | undefined) => {
    keepImport(id);
    setCurrent(id);
  }, []);
  const leave = useCallback(() => {
    show(undefined);
    void queries.invalidateQueries({ queryKey: ["imports"] });
  }, [show, queries]);
  const upload = useMutation({
    mutationFn: ({ file, source }: { file: File; source?: string }) => imports.add(file, source),
    onSuccess: (preview) => {
      const { id } = preview.import;
      queries.setQueryData(["import", id], { ...preview.import, undo: null });
      queries.setQueryData(["import-preview", id], preview);
      void queries.invalidateQueries({ queryKey: ["imports"] });
      show(id);
    },
  });
  const isChoosing = photos.step === "choose" && current === undefined && !upload.isPending;
  return (
    <section className="panel" aria-labelledby="import-title">
      <h2 id="import-title">{texts.catalogue.importTitle}</h2>
      <p className="soft">{texts.catalogue.importLead}</p>
      {isChoosing && (
        <Chooser
          onFile={(file) => upload.mutate({ file })}
          onPhotos={(source) => run.set({ step: "ready", source, name: source.name })}
          problem={upload.isError ? importProblem(upload.error) : undefined}
        />
      )}
      {upload.isPending && (
        <p className="soft" role="status">
          {texts.imports.uploading(upload.variables.file.name)}
        </p>
      )}
      <PhotoImport />
      {photos.step === "choose" && current !== undefined && !upload.isPending && (
        <ImportJobView id={current} onLeave={leave} onCorrected={(file, source) => upload.mutate({ file, source }, { onError: leave })} />
      )}
      {photos.step === "choose" && !upload.isPending && <PastImports current={current} onOpen={show} />}
    </section>
  );
}
