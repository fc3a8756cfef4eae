/// <reference lib="webworker" />
import { runSeed, type SeedRequest } from "./seed_run.ts";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data }: MessageEvent<SeedRequest>) => {
  self.postMessage(await runSeed(data));
};
