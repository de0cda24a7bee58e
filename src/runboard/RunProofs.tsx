// What a run proved: whether its chain holds, every check's verdict with its evidence, and the file to take it elsewhere.
import { useQuery } from "@tanstack/react-query";
import { ChevronRight, Download, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { ProofBundle } from "../core/proof-bundle.ts";
import type { Proof } from "../core/run.ts";
import type { BundleProblem } from "../core/verify-bundle.ts";
import { proofBundleQuery } from "../data/proof-bundle.ts";
import type { RunRow, StepRow } from "../data/runs.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { cx } from "../ui/cx.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { JsonTree } from "../ui/json-tree.tsx";
import { SegmentedControl } from "../ui/segmented-control.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { formatAbsolute } from "../ui/time-format.ts";
import { proofKindWords, verdictTone, verdictWords } from "./proof-words.ts";

interface RunProofsProps {
  run: RunRow;
  steps: readonly Pick<StepRow, "stepKey" | "title">[];
}

export function RunProofs({ run, steps }: RunProofsProps) {
  const mark = `${run.lastSeq} ${run.finishedAt ?? ""}`;
  const { data, error, isPending } = useQuery(proofBundleQuery(run.id, mark));
  const [show, setShow] = useState<"all" | "open">("all");
  if (error) return <ErrorPanel title="The proofs could not be read" why={error.message} className="m-4" />;
  if (isPending) return <SkeletonRows rows={6} className="p-4" />;
  if (data === null || data === undefined)
    return (
      <p className="p-6 text-center text-muted">
        You may see this run, but not what its checks saw. An owner can allow it.
      </p>
    );
  const { bundle, problems } = data;
  if (bundle.proofs.length === 0)
    return (
      <EmptyState icon={<ShieldCheck />} title="Nothing was checked yet">
        <p>
          Every step that reaches outside has its output checked, and so does every node you add a check to.
          Each check leaves a proof here, tied to the one before.
        </p>
      </EmptyState>
    );
  const titles = new Map(steps.map((step) => [step.stepKey, step.title]));
  const unpassed = bundle.proofs.filter((proof) => proof.verdict !== "passed");
  const listed = show === "all" ? bundle.proofs : unpassed;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-3 p-4">
      <ChainState bundle={bundle} problems={problems} onExport={() => download(bundle)} />
      <div className="flex items-center gap-3">
        <SegmentedControl
          label="Which proofs"
          value={show}
          onChange={setShow}
          segments={[
            { value: "all", label: `All ${bundle.proofs.length}` },
            { value: "open", label: `Not passed ${unpassed.length}` },
          ]}
        />
      </div>
      {listed.length === 0 ? (
        <p className="py-6 text-center text-muted">Every check passed.</p>
      ) : (
        <ol aria-label="Proofs" className="overflow-hidden rounded-card border border-line bg-panel">
          {listed.map((proof) => (
            <ProofRow key={proof.n} proof={proof} title={titles.get(proof.stepKey) ?? proof.stepKey} />
          ))}
        </ol>
      )}
    </div>
  );
}

interface ChainStateProps {
  bundle: ProofBundle;
  problems: readonly BundleProblem[];
  onExport: () => void;
}

function ChainState({ bundle, problems, onExport }: ChainStateProps) {
  const { proofs, proofHead = bundle.run.planHash } = bundle;
  const holds = problems.length === 0;
  const count = (verdict: Proof["verdict"]) => proofs.filter((proof) => proof.verdict === verdict).length;
  const words = [
    `${count("passed")} passed`,
    ...(count("failed") > 0 ? [`${count("failed")} failed`] : []),
    ...(count("error") > 0 ? [`${count("error")} could not be made`] : []),
  ].join(", ");
  return (
    <section
      aria-label="State of the chain"
      className={cx("rounded-card border bg-panel p-3", holds ? "border-line" : "border-failed/60")}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <StatusIcon tone={holds ? "succeeded" : "failed"} className="size-5" />
        <div className="min-w-0 flex-1 basis-48">
          <h2 className="font-semibold">{holds ? "The chain holds" : "The chain does not hold"}</h2>
          <p className="text-muted tabular">{words} · every hash was worked out again in this browser</p>
        </div>
        <Button icon={<Download />} onClick={onExport}>
          Export proof bundle
        </Button>
      </div>
      <p className="mt-2 flex items-center gap-1 border-t border-line pt-2 font-mono text-sm text-muted">
        <span className="shrink-0 font-sans">Ends in</span>
        <span className="min-w-0 truncate" title={proofHead}>
          {proofHead}
        </span>
        <CopyButton text={proofHead} label="Copy the end of the chain" />
      </p>
      {!holds && (
        <ul className="mt-2 space-y-1 text-failed">
          {problems.slice(0, 8).map((problem) => (
            <li key={`${problem.code} ${problem.place}`}>
              {problem.message} <code className="font-mono text-xs text-muted">{problem.place}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ProofRow({ proof, title }: { proof: Proof; title: string }) {
  const [open, setOpen] = useState(false);
  const { n, verifier, kind, verdict, required, score, attempt, itemPath, at } = proof;
  return (
    <li className="border-b border-line last:border-b-0">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-9 w-full items-center gap-2.5 px-3 text-left hover:bg-hover focus-visible:-outline-offset-2"
      >
        <ChevronRight
          aria-hidden
          className={cx("size-3.5 shrink-0 text-faint transition-transform", open && "rotate-90")}
        />
        <span className="w-7 shrink-0 text-right font-mono text-sm text-faint tabular">{n}</span>
        <StatusIcon tone={verdictTone(verdict, required)} className="size-3.5 shrink-0" />
        <span className="min-w-0 flex-1 truncate">
          {title}
          {itemPath.length > 0 && <span className="text-muted tabular"> [{itemPath.join(", ")}]</span>}
          {attempt > 1 && <span className="text-muted tabular"> · attempt {attempt}</span>}
        </span>
        <span
          className="hidden w-32 shrink-0 truncate font-mono text-sm text-muted sm:block"
          title={verifier}
        >
          {verifier}
        </span>
        {score !== undefined && <span className="shrink-0 font-medium tabular">{score} / 10</span>}
        <span className="shrink-0 truncate text-right text-muted sm:w-36">
          {verdictWords(verdict, required)}
        </span>
        <span className="hidden w-20 shrink-0 text-right sm:block">
          <Badge>{proofKindWords[kind]}</Badge>
        </span>
      </button>
      {open && (
        <div className="space-y-2 border-t border-line bg-inset px-4 py-3">
          <p className="font-mono text-sm text-muted sm:hidden">
            {verifier} · {proofKindWords[kind]}
          </p>
          <JsonTree value={proof.evidence} label={`Evidence of ${verifier}`} bare maxHeight={320} />
          <p
            className="truncate font-mono text-xs text-faint"
            title={`${proof.hash} follows ${proof.prevHash}`}
          >
            {formatAbsolute(Date.parse(at))} · {proof.hash.slice(0, 16)} ← {proof.prevHash.slice(0, 16)}
          </p>
        </div>
      )}
    </li>
  );
}

function download(bundle: ProofBundle): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(bundle, null, 2)}\n`], { type: "application/json" }),
  );
  const link = document.createElement("a");
  link.href = url;
  link.download = `proofs-${bundle.run.id.slice(0, 8)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
