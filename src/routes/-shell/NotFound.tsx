import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { buttonClass } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";

/** For addresses that lead nowhere, and for things one may not see: the two look the same. */
export function NotFound() {
  return (
    <EmptyState
      icon={<Compass />}
      title="There is nothing at this address"
      actions={
        <Link to="/" className={buttonClass("primary")}>
          Go to your workflows
        </Link>
      }
    >
      It may have been archived, or belong to a workspace you are no member of.
    </EmptyState>
  );
}
