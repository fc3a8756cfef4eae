/** Runs Lua scripts in a Valkey or Redis, which runs them one by one. */
export interface ScriptStore {
  /** Where it is, without secrets. */
  readonly address: string;
  /**
   * Runs a script on one key, in one round trip. Rejects if the store can't be reached or refuses; may
   * take as long as the store does.
   */
  run(script: string, key: string, args: readonly (string | number)[]): Promise<unknown>;
}
