/** Emitted when measuring failed, with `adapter` and `error`: what was measured is not harmed. */
export const ADAPTER_FAILED = "muster.adapter.failed";
