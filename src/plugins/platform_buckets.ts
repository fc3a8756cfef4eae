/** Milliseconds of work that takes from an instant to minutes, such as an analysis. */
export const WORK_MS: readonly number[] = [
  10,
  25,
  50,
  100,
  250,
  500,
  1_000,
  2_500,
  5_000,
  10_000,
  30_000,
  60_000,
  120_000,
  300_000,
];
/** Milliseconds of a payment or an onboarding. */
export const PAYMENT_MS: readonly number[] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000];
/** Milliseconds of handling a webhook. */
export const WEBHOOK_MS: readonly number[] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];
/** Amounts of money in cents. */
export const AMOUNT_CENTS: readonly number[] = [
  100,
  500,
  1_000,
  2_500,
  5_000,
  10_000,
  25_000,
  50_000,
];
