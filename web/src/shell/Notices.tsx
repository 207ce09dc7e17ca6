import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../texts";

export const useNotice = () => {
  const toasts = Toast.useToastManager();
  return (title: string, description?: string) => void toasts.add({ title, description, timeout: 5000 });
};

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="notice">
      <div>
        <Toast.Title className="notice-title" />
        <Toast.Description className="notice-text" />
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
      {children}
      <Toast.Portal>
        <Toast.Viewport className="notices">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
