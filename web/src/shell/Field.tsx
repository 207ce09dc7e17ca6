import { Eye, EyeOff } from "lucide-react";
import { useEffect, useId, useRef, useState, type ComponentProps, type ReactNode } from "react";
import { texts } from "../texts";

interface Props extends ComponentProps<"input"> {
  label: string;
  hint?: ReactNode;
  wrong?: string; // what is wrong with the value
}

// An input with its label, a hint, and what is wrong with its value.
export function Field({ label, hint, wrong, ...input }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" aria-invalid={wrong !== undefined} aria-describedby={hint || wrong ? `${id}-hint` : undefined} {...input} />
      {(hint || wrong) && <small id={`${id}-hint`} className={wrong ? "wrong" : undefined}>{wrong ?? hint}</small>}
    </div>
  );
}

// A password, which can be shown while it is typed.
export function PasswordField({ label, hint, wrong, ...input }: Props) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="secret-input">
        <input
          id={id}
          className="input"
          required
          maxLength={1024}
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={wrong !== undefined}
          aria-describedby={hint || wrong ? `${id}-hint` : undefined}
          {...input}
          type={shown ? "text" : "password"}
        />
        <button type="button" className="icon-button small" aria-pressed={shown} aria-label={texts.access.showPassword} title={texts.access.showPassword} onClick={() => setShown(!shown)}>
          <Icon size={17} aria-hidden />
        </button>
      </div>
      {(hint || wrong) && <small id={`${id}-hint`} className={wrong ? "wrong" : undefined}>{wrong ?? hint}</small>}
    </div>
  );
}

interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  options: [value: Value, text: string][];
  onChange: (value: Value) => void;
}

// A choice of one value, with its label.
export function SelectField<Value extends string>({ label, value, options, onChange }: SelectProps<Value>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

// A form whose first wrong field gets the focus when the form was refused. `refused` is a new object each time.
export function useFocusOnWrong(problems: object, refused: object) {
  const form = useRef<HTMLFormElement>(null);
  const first = Object.keys(problems)[0];
  useEffect(() => {
    if (first) form.current?.querySelector<HTMLElement>("[aria-invalid='true'], fieldset[data-wrong] input")?.focus();
  }, [first, refused]);
  return form;
}

export function Problem({ children }: { children?: ReactNode }) {
  if (!children) return null;
  return (
    <p className="problem" role="alert">
      {children}
    </p>
  );
}

// The trimmed text of a field of a form.
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

// A password is taken as it is typed.
export function passwordOf(form: FormData, name = "password"): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
