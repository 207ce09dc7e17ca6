import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { createContext, useCallback, useContext, type ReactNode } from "react";
import { texts } from "../texts";

export type Notice = (title: string) => void;

const NoticeContext = createContext<Notice>(() => undefined);

// Shows a short message. The function is the same in every render, so effects may depend on it, and its users do not
// render again when a message comes or goes. A message that is shown already is not shown twice.
export const useNotice = () => useContext(NoticeContext);

function NoticeProvider({ children }: { children: ReactNode }) {
  const { add } = Toast.useToastManager();
  const notice = useCallback<Notice>((title) => void add({ id: title, title, timeout: 5000 }), [add]);
  return <NoticeContext value={notice}>{children}</NoticeContext>;
}

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="notice">
      <div>
        <Toast.Title className="notice-title" />
      </div>
      <Toast.Close className="icon-button small" aria-label={texts.close}>
        <X size={16} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ));
}

// Short messages at the bottom of the window, announced by screen readers.
export function Notices({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider limit={2}>
      <NoticeProvider>{children}</NoticeProvider>
      <Toast.Portal>
        <Toast.Viewport className="notices">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
