// What each kind of connection is called and asks for.
import { Bot, Globe, Plug, Signature, type LucideIcon } from "lucide-react";
import type { ConnectionKind } from "../../data/connections.ts";

interface ConnectionLook {
  label: string;
  hint: string;
  icon: LucideIcon;
  /** Whether the address is asked for, and what it looks like. */
  baseUrl: "required" | "optional" | "none";
  example: string;
  secretLabel: string;
}

export const connectionLook = {
  http: {
    label: "HTTP API",
    hint: "A header with a secret, sent to chosen hosts only",
    icon: Globe,
    baseUrl: "optional",
    example: "https://api.example.com",
    secretLabel: "Secret",
  },
  mcp: {
    label: "MCP server",
    hint: "Tools offered over Streamable HTTP",
    icon: Plug,
    baseUrl: "required",
    example: "https://example.com/mcp",
    secretLabel: "Bearer token",
  },
  anthropic: {
    label: "Anthropic",
    hint: "Models of Anthropic",
    icon: Bot,
    baseUrl: "none",
    example: "",
    secretLabel: "API key",
  },
  openai: {
    label: "OpenAI",
    hint: "Models of OpenAI",
    icon: Bot,
    baseUrl: "none",
    example: "",
    secretLabel: "API key",
  },
  "openai-compatible": {
    label: "OpenAI-compatible",
    hint: "Ollama, vLLM and others with the same interface",
    icon: Bot,
    baseUrl: "required",
    example: "http://localhost:11434/v1",
    secretLabel: "API key",
  },
  signing: {
    label: "Webhook signing secret",
    hint: "Checks who sends to a webhook; it is sent nowhere",
    icon: Signature,
    baseUrl: "none",
    example: "",
    secretLabel: "Signing secret",
  },
} satisfies Record<ConnectionKind, ConnectionLook>;
