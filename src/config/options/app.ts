import type { OptionTable } from "../option.ts";
import { ipAddress, portNumber, textLike } from "../parsers.ts";

/** The application's own port. `undefined`: not set, and no default of its own. */
export interface AppOptions {
  readonly appPort: number;
  readonly appListenHost: string;
  readonly gitSha: string | undefined;
  readonly gitAuthor: string | undefined;
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
  gitSha: {
    env: "GIT_SHA",
    parse: textLike(/^[!-~]{1,128}$/, "1 to 128 printable ASCII characters without space"),
    default: undefined,
    doc: "The commit that the application was made of, for its metrics.",
  },
  gitAuthor: {
    env: "GIT_AUTHOR",
    parse: textLike(/^[^\p{Cc}]{1,256}$/u, "1 to 256 characters without control character"),
    default: undefined,
    doc: "Who made that commit.",
  },
};
