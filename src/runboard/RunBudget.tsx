// What a run may spend and has spent, and how a person gives it more.
import { Wallet } from "lucide-react";
import { useState } from "react";
import type { Budgets } from "../core/plan.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Popover } from "../ui/popover.tsx";
import { toneSolid } from "../ui/tone.ts";
import { budgetUses, shareOf, type BudgetName, type BudgetUse } from "./budgets.ts";
import { isFinished, type CardRun } from "./card.ts";

interface RunBudgetProps {
  run: CardRun & { budgets: Budgets };
  /** Adds amounts to the budgets. */
  onTopUp: (added: Budgets) => Promise<void>;
}

/** The fullest budget in the head of the run; pressed, all of them and the top-up. */
export function RunBudget({ run, onTopUp }: RunBudgetProps) {
  const [open, setOpen] = useState(false);
  const uses = budgetUses(run.budgets, run.usage);
  const [first] = uses;
  if (!first) return null;
  const waits = run.waitingFor?.kind === "budget";
  const tight = waits || uses.some((use) => shareOf(use) >= 0.8);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      className="w-80"
      trigger={
        <button
          type="button"
          className={cx(
            "inline-flex items-center gap-1.5 rounded-sm whitespace-nowrap tabular hover:text-ink",
            tight && "text-waiting",
          )}
        >
          <Wallet className="size-3.5" aria-hidden />
          {first.usedText === "" ? first.amountText : `${first.usedText} of ${first.amountText}`}{" "}
          {first.name === "tokens" || first.name === "calls" ? first.label.toLowerCase() : "budget"}
          {waits && <span className="font-medium">· Top up</span>}
        </button>
      }
    >
      <h2 className="font-semibold">Budget of this run</h2>
      {waits && (
        <p className="mt-0.5 text-muted">
          The next call may use more than is left, so it was not made. Add to the budget and the run goes on.
        </p>
      )}
      <ul className="mt-2 space-y-2.5">
        {uses.map((use) => (
          <UseLine key={use.name} use={use} />
        ))}
      </ul>
      {!isFinished(run.status) && (
        <TopUp
          uses={uses}
          wanted={waits ? run.waitingFor?.ref : undefined}
          onTopUp={async (added) => {
            await onTopUp(added);
            setOpen(false);
          }}
        />
      )}
    </Popover>
  );
}

function UseLine({ use }: { use: BudgetUse }) {
  const share = shareOf(use);
  return (
    <li>
      <div className="flex justify-between gap-3 text-sm tabular">
        <span>{use.label}</span>
        <span className="text-muted">
          {use.used === undefined ? `at most ${use.amountText}` : `${use.usedText} of ${use.amountText}`}
        </span>
      </div>
      {use.used !== undefined && (
        <div aria-hidden className="mt-1 h-1 overflow-hidden rounded-full bg-pressed">
          <div
            className={cx("h-full rounded-full", toneSolid[share >= 0.8 ? "waiting" : "running"])}
            style={{ width: `${share * 100}%` }}
          />
        </div>
      )}
    </li>
  );
}

const units: Record<BudgetName, string> = {
  costUsd: "$",
  tokens: "tokens",
  calls: "calls",
  activeMs: "minutes",
};
const perUnit = (name: BudgetName): number => (name === "activeMs" ? 60_000 : 1);

interface TopUpProps {
  uses: readonly BudgetUse[];
  /** The budget a step waits for: offered as much again. */
  wanted: string | undefined;
  onTopUp: (added: Budgets) => Promise<void>;
}

function TopUp({ uses, wanted, onTopUp }: TopUpProps) {
  const [typed, setTyped] = useState<Partial<Record<BudgetName, number>>>(() =>
    Object.fromEntries(
      uses.filter(({ name }) => name === wanted).map(({ name, amount }) => [name, amount / perUnit(name)]),
    ),
  );
  const [busy, setBusy] = useState(false);
  const added: Budgets = Object.fromEntries(
    uses.flatMap(({ name }) => {
      const amount = (typed[name] ?? 0) * perUnit(name);
      return amount > 0 ? [[name, name === "costUsd" ? amount : Math.round(amount)]] : [];
    }),
  );
  return (
    <form
      className="mt-3 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        void onTopUp(added).finally(() => setBusy(false));
      }}
    >
      <div className="grid grid-cols-2 gap-2">
        {uses.map(({ name, label }) => (
          <Field key={name} label={`Add: ${label.toLowerCase()}`}>
            {(control) => (
              <div className="flex items-center gap-1.5">
                <Input
                  {...control}
                  type="number"
                  min={0}
                  step={name === "costUsd" ? 0.01 : 1}
                  value={typed[name] ?? ""}
                  onChange={(event) => {
                    const value = event.target.valueAsNumber;
                    setTyped({ ...typed, [name]: Number.isFinite(value) ? value : undefined });
                  }}
                />
                <span className="shrink-0 text-sm text-muted">{units[name]}</span>
              </div>
            )}
          </Field>
        ))}
      </div>
      <Button
        type="submit"
        variant="primary"
        busy={busy}
        disabled={Object.keys(added).length === 0}
        className="mt-3 w-full justify-center"
      >
        Top up
      </Button>
    </form>
  );
}
