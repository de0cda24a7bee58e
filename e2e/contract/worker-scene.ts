// One engine, one web server and workers for all tests of the file that imports this.
import { afterAll, beforeAll } from "vitest";
import { openEngineScene, type EngineScene } from "../servers/engine-scene.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";
import { sceneWorkers, type SceneWorkers } from "../servers/scene-worker.ts";

export let scene: EngineScene;
export let web: HttpServer;
export let workers: SceneWorkers;

beforeAll(async () => {
  [scene, web] = await Promise.all([openEngineScene(), startHttpServer()]);
  workers = sceneWorkers(scene);
});
afterAll(async () => {
  await workers.close();
  await web.close();
  await scene.close();
});

export const publish = (slug: string, doc: object) => scene.publish(slug, doc);
export const start = (workflowId: string, input: object) => scene.start(workflowId, input);
export const finish = (runId: string) => workers.finish(runId);

/** The input of workflows about orders. */
export const order = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
