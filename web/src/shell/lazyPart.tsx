import { useEffect, useEffectEvent, useState, type ComponentType, type ReactNode } from "react";
import { errorText } from "./errorText";
import { loadModule } from "./loadModule";
import { useNotice } from "./Notices";

interface LoadProps {
  fallback?: ReactNode; // shown while the part is loaded
  onFail?: () => void; // the part cannot be loaded: it is to be closed
}

// A part of a page that is loaded when it is first shown, such as a dialog. One that cannot be loaded says so in a notice
// and leaves the page as it is; React's lazy() would replace the page by its error. It is requested again when it is shown
// again.
export function lazyPart<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  let loaded: ComponentType<Props> | undefined;

  return function LazyPart({ fallback = null, onFail, ...props }: Props & LoadProps) {
    const [Part, setPart] = useState(() => loaded);
    const notice = useNotice();
    const fail = useEffectEvent((error: unknown) => {
      notice(errorText(error));
      onFail?.();
    });
    useEffect(() => {
      let gone = false;
      if (!loaded) {
        loadModule(load).then(
          (module) => {
            loaded = module.default;
            if (!gone) setPart(() => module.default);
          },
          (error: unknown) => {
            if (!gone) fail(error);
          },
        );
      }
      return () => {
        gone = true;
      };
    }, []);
    return Part ? <Part {...(props as unknown as Props)} /> : fallback;
  };
}
