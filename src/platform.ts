import type { Clock } from "./io/clock.ts";
import type { FileStore } from "./io/files.ts";
import type { HttpClient } from "./io/http_client.ts";
import type { LogSink } from "./io/log.ts";
import type { ProcessFacts } from "./io/process_facts.ts";
import type { Random } from "./io/random.ts";
import type { ApplicationFacts } from "./plugins/application.ts";

/** What a runtime is handed from outside. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: HttpClient;
  readonly log: LogSink;
  readonly files: FileStore;
  /** Versions and start of this process. */
  readonly facts: Pick<ProcessFacts, "versions" | "startedAtMs">;
  /** The application that runs on this node. Default: Muster itself. */
  readonly application?: ApplicationFacts;
}
