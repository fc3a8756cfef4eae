/**
 * Muster: one honest `/metrics` for many pods.
 *
 * @module
 */
export { Registry } from "./src/metrics/registry.ts";
