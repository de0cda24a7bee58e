import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./icon-button.tsx";

interface CopyButtonProps {
  /** What is copied; a function for text that is costly to make. */
  text: string | (() => string);
  label?: string;
  className?: string;
}

/** Copies, and says so for a moment. */
export function CopyButton({ text, label = "Copy", className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    setCopied(true);
  };
  return (
    <IconButton
      size="sm"
      label={copied ? "Copied" : label}
      icon={copied ? <Check className="text-succeeded" /> : <Copy />}
      onClick={() => void copy()}
      {...(className ? { className } : {})}
    />
  );
}
