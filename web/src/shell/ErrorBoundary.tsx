import { CircleAlert } from "lucide-react";
import { Component, type ReactNode } from "react";
import { texts } from "../texts";
import { Message } from "./Messages";

// The last boundary, around everything: what fails outside of the pages leaves a way back instead of a white window. It
// uses neither the router nor any other provider, since one of them may have failed.
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main>
        <Message icon={<CircleAlert size={32} />} title={texts.errors.crashed}>
          <p>{texts.errors.unexpected}</p>
          <div className="row center">
            <button type="button" className="button" onClick={() => window.location.reload()}>
              {texts.errors.reload}
            </button>
            <a href="/" className="button primary">
              {texts.errors.home}
            </a>
          </div>
        </Message>
      </main>
    );
  }
}
