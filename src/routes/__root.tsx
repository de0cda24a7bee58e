import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { Toaster } from "../ui/toast.tsx";
import { TooltipProvider } from "../ui/tooltip.tsx";

export const Route = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Root });

function Root() {
  return (
    <TooltipProvider>
      <Outlet />
      <Toaster />
    </TooltipProvider>
  );
}
