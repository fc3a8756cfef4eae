import { systemClock } from "../../src/io/clock.ts";
import { HeadlessService, type Place } from "../integration/headless_service.ts";
import type { NodeProcess } from "../integration/node_process.ts";
import { Nginx } from "../servers/nginx.ts";
import { until } from "../until.ts";
import { Truth } from "./truth.ts";

/** How often every pod counts. */
const COUNT_EVERY_MS = 100;
const READY_MS = 30_000;
/** Longer than any run. */
const RUN_MS = 3_600_000;
/** After each pod that was replaced: a rollout takes its time, and scrapes should see it. */
const REPLACED_MS = 1_500;
const FIRST_ADDRESS = 121;

interface Pod {
  readonly name: string;
  readonly place: Place;
  readonly process: NodeProcess;
}

/** Lets time pass while pods count and are scraped. */
export async function pass(ms: number): Promise<void> {
  const sinceMs = systemClock.nowMs();
  await until(() => systemClock.nowMs() - sinceMs >= ms, {
    what: `${ms} ms to pass`,
    deadlineMs: 2 * ms,
  });
}

/**
 * What Kubernetes would do with a Deployment or a StatefulSet: starts and ends real processes, lists
 * them in DNS, puts those that are ready behind a balancer, and all the while makes each of them count.
 */
export class Fleet implements AsyncDisposable {
  readonly truth: Truth = new Truth();
  readonly #service: HeadlessService;
  readonly #targets: string;
  readonly #stack: AsyncDisposableStack;
  readonly #pods = new Map<string, Pod>();
  readonly #idle = new Set<string>();
  #nginx: Nginx | null = null;
  #names = 0;
  #lives = 0;
  #routed: Promise<void> = Promise.resolve();
  #load: Promise<unknown> | null = null;
  #isLoaded = false;

  private constructor(service: HeadlessService, targets: string, stack: AsyncDisposableStack) {
    this.#service = service;
    this.#targets = targets;
    this.#stack = stack;
  }

  /** Starts pods and waits until each of them answers for all. */
  static async start(count: number): Promise<Fleet> {
    const stack = new AsyncDisposableStack();
    try {
      const folder = await Deno.makeTempDir({ prefix: "muster-proof-" });
      stack.defer(() => Deno.remove(folder, { recursive: true }));
      const service = stack.use(await HeadlessService.start());
      const fleet = new Fleet(service, `${folder}/targets.json`, stack);
      await fleet.#publishTargets();
      await Promise.all(Array.from({ length: count }, () => fleet.add()));
      for (const { process } of fleet.#pods.values()) {
        await until(() => process.get("/metrics"), {
          what: "a pod to answer for all",
          deadlineMs: READY_MS,
          everyMs: 200,
          details: () => process.log,
        });
      }
      return fleet;
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where the balancer listens, as `ip:port`. */
  get address(): string {
    return this.#nginx!.address;
  }

  /** The file from which Prometheus learns of each pod. */
  get targetsPath(): string {
    return this.#targets;
  }

  get names(): readonly string[] {
    return [...this.#pods.keys()];
  }

  get processes(): readonly NodeProcess[] {
    return Array.from(this.#pods.values(), ({ process }) => process);
  }

  /** Processes that were started. */
  get lives(): number {
    return this.#lives;
  }

  /** Begins to count on every pod that is ready and not paused. */
  load(): void {
    this.#isLoaded = true;
    this.#load = until(async () => {
      const busy = [...this.#pods.values()].filter(({ name }) => !this.#idle.has(name));
      await Promise.all(busy.map(({ process }) => this.truth.count(process)));
      return !this.#isLoaded;
    }, { what: "the load to end", deadlineMs: RUN_MS, everyMs: COUNT_EVERY_MS });
  }

  /** Ends the load; resolves when the last count was confirmed. */
  async unload(): Promise<void> {
    this.#isLoaded = false;
    await this.#load;
  }

  /** Starts one more pod, under a name and at a place that nobody had before unless they are given. */
  async add(name = `pod-${++this.#names}`, place?: Place): Promise<void> {
    place ??= this.#service.place(FIRST_ADDRESS + this.#lives);
    this.#lives++;
    await this.#service.list({ [name]: place });
    const process = this.#stack.use(await this.#service.startNode(name, place));
    await until(() => process.get("/readyz"), {
      what: `${name} to be ready`,
      deadlineMs: READY_MS,
      everyMs: 100,
      details: () => process.log,
    });
    this.#pods.set(name, { name, place, process });
    this.#idle.delete(name);
    await this.#route();
  }

  /** Stops a pod as Kubernetes does: no more requests, SIGTERM, and out of DNS once it is gone. */
  async remove(name: string): Promise<Place> {
    const { place, process } = this.#pods.get(name)!;
    this.#pods.delete(name);
    await this.#route();
    const code = await process.terminate();
    if (code !== 0) throw new Error(`${name} ended with ${code}\n${process.log}`);
    await this.#service.unlist(name);
    return place;
  }

  /** Replaces every pod by a new one, one after another: the new one first, then the old one goes. */
  async rollDeployment(): Promise<void> {
    for (const name of this.names) {
      await this.add();
      await this.remove(name);
      await pass(REPLACED_MS);
    }
  }

  /** Restarts every pod under its name and at its address, one after another. */
  async rollStatefulSet(): Promise<void> {
    for (const name of this.names) {
      const place = await this.remove(name);
      await this.add(name, place);
      await pass(REPLACED_MS);
    }
  }

  /**
   * Kills a pod's process while it counts. It is restarted at once, under its name and at its address;
   * until then the balancer goes on sending requests there.
   */
  async crash(name: string): Promise<void> {
    const { place, process } = this.#pods.get(name)!;
    await this.#kill(process);
    this.#idle.add(name);
    await this.add(name, place);
  }

  /** Kills a pod's process, which never comes back; another pod takes its place. */
  async lose(name: string): Promise<void> {
    const { process } = this.#pods.get(name)!;
    await this.#kill(process);
    this.#pods.delete(name);
    await this.#route();
    await this.#service.unlist(name);
    await this.add();
  }

  /** Stops a pod's process for a while, as a frozen machine does; the balancer doesn't notice. */
  async freeze(name: string, ms: number): Promise<void> {
    const { process } = this.#pods.get(name)!;
    this.#idle.add(name);
    process.pause();
    try {
      await pass(ms);
    } finally {
      process.resume();
    }
    this.#idle.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unload();
    await this.#stack[Symbol.asyncDispose]();
  }

  async #kill(process: NodeProcess): Promise<void> {
    const atMs = systemClock.nowMs();
    await process.kill();
    this.truth.crashed(process, atMs);
  }

  /** Tells the balancer and Prometheus of the pods that there are, one change after another. */
  #route(): Promise<void> {
    this.#routed = this.#routed.then(() => this.#routeNow());
    return this.#routed;
  }

  async #routeNow(): Promise<void> {
    await this.#publishTargets();
    const servers = this.#servers();
    if (servers.length === 0) return;
    if (this.#nginx === null) this.#nginx = this.#stack.use(await Nginx.start(servers));
    else await this.#nginx.balance(servers);
  }

  #servers(): string[] {
    return this.processes.map(({ opsUrl }) => new URL(opsUrl).host);
  }

  async #publishTargets(): Promise<void> {
    const path = this.#targets;
    await Deno.writeTextFile(`${path}.new`, JSON.stringify([{ targets: this.#servers() }]));
    await Deno.rename(`${path}.new`, path);
  }
}
