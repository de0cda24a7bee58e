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
  const touched = new Set<string>();
  let changed = false;
  for (const one of news) {
    if ("seq" in one) {
      const card = cards.get(one.runId);
      if (!card) {
        changed ||= !unknown.has(one.runId);
        unknown.add(one.runId);
      } else if (one.step === undefined && one.seq > card.lastSeq) {
        cards.set(one.runId, moved(card, one));
        touched.add(one.runId);
      }
    } else if ((cards.get(one.id)?.lastSeq ?? -1) < one.lastSeq) {
      cards.set(one.id, one);
      unknown.delete(one.id);
      touched.add(one.id);
    }
  }
  if (!changed && touched.size === 0) return view;
  const change = { before: view.cards, after: cards, touched };
  return {
    cards,
    unknown,
    lanes: regrouped(view.lanes, change, (card) => card.lane),
    byStatus: regrouped(view.byStatus, change, (card) => card.status),
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

/** Both are written in one alphabet, so code units order them, many times faster than a locale does. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By priority, then age: the order in which a lane serves its runs. */
function byTurn(a: BoardRow, b: BoardRow): number {
  return a.priority - b.priority || compare(a.createdAt, b.createdAt) || compare(a.id, b.id);
}

interface Change<Row extends BoardRow> {
  before: ReadonlyMap<string, BoardCard<Row>>;
  after: ReadonlyMap<string, BoardCard<Row>>;
  touched: ReadonlySet<string>;
}

/** Only the groups a touched card left or entered are made again, and only the touched cards are sorted. */
function regrouped<Row extends BoardRow, Name extends string>(
  groups: ReadonlyMap<Name, readonly BoardCard<Row>[]>,
  { before, after, touched }: Change<Row>,
  nameOf: (card: BoardCard<Row>) => Name,
): ReadonlyMap<Name, readonly BoardCard<Row>[]> {
  const arrivals = new Map<Name, BoardCard<Row>[]>();
  for (const id of touched) {
    const [left, entered] = [before.get(id), after.get(id)];
    if (left && !arrivals.has(nameOf(left))) arrivals.set(nameOf(left), []);
    if (!entered) continue;
    const list = arrivals.get(nameOf(entered));
    if (list) list.push(entered);
    else arrivals.set(nameOf(entered), [entered]);
  }
  if (arrivals.size === 0) return groups;
  const made = new Map(groups);
  for (const [name, entered] of arrivals) {
    const stayed = (groups.get(name) ?? []).filter((card) => !touched.has(card.id));
    const list = interleaved(stayed, entered.toSorted(byTurn));
    if (list.length > 0) made.set(name, list);
    else made.delete(name);
  }
  return made;
}

/** Two lists that are each in turn, as one. */
function interleaved<Row extends BoardRow>(
  stayed: readonly BoardCard<Row>[],
  entered: readonly BoardCard<Row>[],
): readonly BoardCard<Row>[] {
  const list: BoardCard<Row>[] = [];
  let next = 0;
  for (const card of entered) {
    for (let held = stayed[next]; held && byTurn(held, card) < 0; held = stayed[next]) {
      list.push(held);
      next++;
    }
    list.push(card);
  }
  for (let n = next; n < stayed.length; n++) {
    const held = stayed[n];
    if (held) list.push(held);
  }
  return list;
}
