import type { Channel } from "./channel.ts";
import { Presence, type PresenceDiff } from "./presence.ts";
import { type Broadcast, encodeBroadcast, type Version } from "./protocol.ts";

interface Topic {
  readonly channels: Set<Channel>;
  readonly presence: Presence;
}

/** Who listens to what. Topics exist while somebody has joined them. */
export class Hub {
  readonly #topics = new Map<string, Topic>();
  #delivered = 0;

  join(channel: Channel): void {
    const topic = this.#topics.get(channel.topic) ?? { channels: new Set(), presence: new Presence() };
    topic.channels.add(channel);
    this.#topics.set(channel.topic, topic);
  }

  leave(channel: Channel): void {
    const topic = this.#topics.get(channel.topic);
    if (!topic?.channels.delete(channel)) return;
    const diff = topic.presence.untrack(channel);
    if (diff) this.#tell(topic, diff);
    if (topic.channels.size === 0) this.#topics.delete(channel.topic);
  }

  /**
   * Delivers to everybody on the topic; a frame is written once per serializer, not once per receiver.
   * @param topic with the `realtime:` prefix
   * @param except the sender, when it did not ask to hear itself
   */
  broadcast(topic: string, message: Broadcast, except?: Channel): void {
    const channels = this.#topics.get(topic)?.channels;
    if (!channels) return;
    const frames = new Map<Version, string | Uint8Array | undefined>();
    for (const channel of channels) {
      if (channel === except) continue;
      const { version } = channel;
      if (!frames.has(version)) frames.set(version, encodeBroadcast(topic, message, version));
      const frame = frames.get(version);
      if (frame === undefined) continue;
      channel.sendFrame(frame);
      this.#delivered += 1;
    }
  }

  track(channel: Channel, key: string, payload: Readonly<Record<string, unknown>>): void {
    const topic = this.#topics.get(channel.topic);
    if (topic) this.#tell(topic, topic.presence.track(channel, key, payload));
  }

  untrack(channel: Channel): void {
    const topic = this.#topics.get(channel.topic);
    const diff = topic?.presence.untrack(channel);
    if (topic && diff) this.#tell(topic, diff);
  }

  presenceOf(topic: string) {
    return this.#topics.get(topic)?.presence.state() ?? {};
  }

  counts() {
    let channels = 0;
    for (const topic of this.#topics.values()) channels += topic.channels.size;
    return { topics: this.#topics.size, channels, delivered: this.#delivered };
  }

  #tell(topic: Topic, diff: PresenceDiff): void {
    for (const channel of topic.channels) if (channel.hearsPresence) channel.push("presence_diff", diff);
  }
}
