// The board: cards of runs by lane and by status, folded from rows and from the run events of a workspace.
import { numberAt, textAt, waitingForOf, type FoldEvent } from "./event-data.ts";
import { RunStatus, type Counts, type WaitingFor } from "./run.ts";

/** The part of a run's row a card needs; further fields of the row are kept as they are. */
export interface BoardRow {
  id: string;
  status: RunStatus;
  lane: string;
  priority: number;
  counts: Counts;
  waitingFor?: WaitingFor | null;
  startedAt?: string | null;
  finishedAt?: string | null;
  createdAt: string;
  /** The event the row was read after. */
  lastSeq: number;
}

export type BoardCard<Row extends BoardRow = BoardRow> = Readonly<Row> & {
  readonly errorCode?: string | null;
};

export interface BoardView<Row extends BoardRow = BoardRow> {
  readonly cards: ReadonlyMap<string, BoardCard<Row>>;
  readonly lanes: ReadonlyMap<string, readonly BoardCard<Row>[]>;
  readonly byStatus: ReadonlyMap<RunStatus, readonly BoardCard<Row>[]>;
  /** Runs that events named and no row has shown yet: read these rows. */
  readonly unknown: ReadonlySet<string>;
}

export function emptyBoardView<Row extends BoardRow = BoardRow>(): BoardView<Row> {
  return { cards: new Map(), lanes: new Map(), byStatus: new Map(), unknown: new Set() };
}

/**
 * Folds rows and run events in, in any order: what is older than what is shown changes nothing.
 * @returns the same object when nothing changed; cards, lanes and columns that did not change keep their identity
 */
export function foldBoard<Row extends BoardRow>(
  view: BoardView<Row>,
  news: readonly (Row | FoldEvent)[],
): BoardView<Row> {
  const cards = new Map(view.cards);
  const unknown = new Set(view.unknown);
  let changed = false;
  for (const one of news) {
    if ("seq" in one) {
      const card = cards.get(one.runId);
      if (!card) {
        changed ||= !unknown.has(one.runId);
        unknown.add(one.runId);
      } else if (one.step === undefined && one.seq > card.lastSeq) {
        cards.set(one.runId, moved(card, one));
        changed = true;
      }
    } else if ((cards.get(one.id)?.lastSeq ?? -1) < one.lastSeq) {
      cards.set(one.id, one);
      unknown.delete(one.id);
      changed = true;
    }
  }
  if (!changed) return view;
  return {
    cards,
    unknown,
    lanes: grouped(cards, view.lanes, (card) => card.lane),
    byStatus: grouped(cards, view.byStatus, (card) => card.status),
  };
}

function moved<Row extends BoardRow>(card: BoardCard<Row>, event: FoldEvent): BoardCard<Row> {
  const parsed = RunStatus.safeParse(event.status);
  const status = parsed.success ? parsed.data : card.status;
  const ended = status === "succeeded" || status === "failed" || status === "cancelled";
  return {
    ...card,
    status,
    lane: textAt(event.data, "lane") ?? card.lane,
    priority: numberAt(event.data, "priority") ?? card.priority,
    counts: event.counts ?? card.counts,
    waitingFor: status === "waiting" ? waitingForOf(event.data) : null,
    errorCode: status === "failed" ? textAt(event.data, "errorCode") : null,
    startedAt: card.startedAt ?? (event.kind === "run.started" ? event.at : null),
    finishedAt: ended ? event.at : null,
    lastSeq: event.seq,
  };
}

/** By priority, then age: the order in which a lane serves its runs. */
function byTurn(a: BoardRow, b: BoardRow): number {
  return a.priority - b.priority || a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);
}

function grouped<Row extends BoardRow, Name extends string>(
  cards: ReadonlyMap<string, BoardCard<Row>>,
  before: ReadonlyMap<Name, readonly BoardCard<Row>[]>,
  nameOf: (card: BoardCard<Row>) => Name,
): ReadonlyMap<Name, readonly BoardCard<Row>[]> {
  const groups = new Map<Name, BoardCard<Row>[]>();
  for (const card of cards.values()) {
    const list = groups.get(nameOf(card));
    if (list) list.push(card);
    else groups.set(nameOf(card), [card]);
  }
  return new Map(
    [...groups].map(([name, list]) => {
      const sorted = list.toSorted(byTurn);
      const old = before.get(name);
      return [
        name,
        old?.length === sorted.length && old.every((card, n) => card === sorted[n]) ? old : sorted,
      ];
    }),
  );
}
