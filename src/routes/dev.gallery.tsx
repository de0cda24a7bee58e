import { createFileRoute, notFound } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

// The condition is known when the app is built, so that the gallery is not in what is shipped.
const Gallery = import.meta.env.DEV
  ? lazy(() => import("./-gallery/Gallery.tsx").then((module) => ({ default: module.Gallery })))
  : () => null;

export const Route = createFileRoute("/dev/gallery")({
  beforeLoad: () => {
    if (!import.meta.env.DEV) throw notFound();
  },
  component: () => (
    <Suspense>
      <Gallery />
    </Suspense>
  ),
});
