import { useState } from "react";
import { Input } from "../../ui/input.tsx";

interface CommitInputProps {
  label: string;
  value: string;
  placeholder?: string;
  /** Takes digits only. */
  numeric?: boolean;
  disabled: boolean;
  onCommit: (value: string) => void;
}

/** Stores on Enter or when left; Escape takes the change back. */
export function CommitInput({
  label,
  value,
  placeholder,
  numeric = false,
  disabled,
  onCommit,
}: CommitInputProps) {
  const [text, setText] = useState<string>();
  const commit = () => {
    if (text !== undefined && text !== value) onCommit(text);
    setText(undefined);
  };
  return (
    <Input
      aria-label={label}
      placeholder={placeholder}
      inputMode={numeric ? "numeric" : undefined}
      disabled={disabled}
      value={text ?? value}
      className={numeric ? "tabular" : ""}
      onChange={(event) => setText(numeric ? event.target.value.replace(/\D/g, "") : event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") setText(undefined);
      }}
    />
  );
}
