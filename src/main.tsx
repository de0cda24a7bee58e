import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startClient } from "./data/client.ts";
import { asDataError, DataError, isPassing } from "./data/data-error.ts";
import { onSessionChange, startSession } from "./data/session.ts";
import { NotFound } from "./routes/-shell/NotFound.tsx";
import { PendingPage } from "./routes/-shell/PendingPage.tsx";
import { RouteError } from "./routes/-shell/RouteError.tsx";
import { StartFailure } from "./routes/-shell/StartFailure.tsx";
import { routeTree } from "./routes/routeTree.gen.ts";
import { applyTheme } from "./ui/theme.ts";
import "./ui/theme.css";

applyTheme();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Only what may pass by itself is worth asking for again.
      retry: (failures, error) => failures < 2 && (isPassing(error) || !(error instanceof DataError)),
    },
  },
});

const router = createRouter({
  routeTree,
  context: { queries },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 120,
  defaultPendingMinMs: 200,
  defaultPendingComponent: PendingPage,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFound,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

const root = createRoot(document.getElementById("root") ?? document.body);

try {
  await startClient();
  await startSession();
  onSessionChange(() => void router.invalidate());
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
} catch (thrown) {
  root.render(<StartFailure error={asDataError(thrown)} />);
}
