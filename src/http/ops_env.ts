/** What the server knows of a connection and the routes may read. */
export interface OpsBindings {
  /** The address at the other end, without port; empty where it is not known. */
  readonly remoteIp: string;
}

/** The type parameter of the ops port's Hono apps. */
export interface OpsEnv {
  Bindings: OpsBindings;
}
