import type { OptionTable } from "../option.ts";
import { ipAddress, portNumber } from "../parsers.ts";

/** The application's own port. `undefined`: not set, and no default of its own. */
export interface AppOptions {
  readonly appPort: number;
  readonly appListenHost: string;
}

/** A row for each of {@linkcode AppOptions}. */
export const APP_OPTIONS: OptionTable<AppOptions> = {
  appPort: {
    env: "PORT",
    parse: portNumber,
    default: 4000,
    doc: "Port of the application. 0: any free port.",
  },
  appListenHost: {
    env: "MUSTER_APP_LISTEN_HOST",
    parse: ipAddress,
    default: "0.0.0.0",
    doc: "Address the application's port listens on; :: for IPv6 and IPv4.",
  },
};
