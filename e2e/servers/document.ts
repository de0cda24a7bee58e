// Pieces of canvas documents, as tests write them by hand.

/** Where a node stands matters to nobody here. */
export const at = { x: 0, y: 0 };

export const trigger = { id: "t", key: "start", kind: "trigger-manual", position: at };

/** A wire between two nodes, by their ids. */
export const edge = (source: string, sourcePort: string, target: string, targetPort?: string) => ({
  id: `${source}-${target}`,
  source,
  sourcePort,
  target,
  ...(targetPort ? { targetPort } : {}),
});
