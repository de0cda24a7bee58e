// Private Realtime topics, joined once however many listen: the client library hands out one channel per topic.
import type { RealtimeChannel } from "@supabase/supabase-js";
import { EventMessage, type Envelope } from "../core/run-event.ts";
import { client } from "./client.ts";

export type TopicState = "connecting" | "joined" | "lost";

export interface TopicListener {
  onEvents(events: Envelope[]): void;
  onState(state: TopicState): void;
}

interface Topic {
  channel: RealtimeChannel;
  state: TopicState;
  listeners: Set<TopicListener>;
  leaving: ReturnType<typeof setTimeout> | undefined;
}

/** Milliseconds an unused topic is kept, so that moving between pages does not join it anew. */
const lingerMs = 2_000;

const topics = new Map<string, Topic>();

function open(name: string): Topic {
  const channel = client().channel(name, { config: { private: true } });
  const topic: Topic = { channel, state: "connecting", listeners: new Set(), leaving: undefined };
  const setState = (state: TopicState) => {
    topic.state = state;
    for (const listener of topic.listeners) listener.onState(state);
  };
  channel.on("broadcast", { event: "run_events" }, (message) => {
    const parsed = EventMessage.safeParse(message["payload"]);
    // A message that cannot be read is still a bell: an empty one makes listeners look.
    for (const listener of topic.listeners) listener.onEvents(parsed.success ? parsed.data.events : []);
  });
  void client()
    .realtime.setAuth()
    .then(() => channel.subscribe((status) => setState(status === "SUBSCRIBED" ? "joined" : "lost")));
  return topic;
}

/** @returns leave; the topic is left for good when its last listener has gone */
export function joinTopic(name: string, listener: TopicListener): () => void {
  const topic = topics.get(name) ?? open(name);
  topics.set(name, topic);
  clearTimeout(topic.leaving);
  topic.listeners.add(listener);
  if (topic.state !== "connecting") listener.onState(topic.state);
  return () => {
    topic.listeners.delete(listener);
    if (topic.listeners.size > 0) return;
    topic.leaving = setTimeout(() => {
      topics.delete(name);
      void client().removeChannel(topic.channel);
    }, lingerMs);
  };
}
