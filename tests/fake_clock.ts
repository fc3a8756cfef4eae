export { FakeClock, settle } from "../src/testing/fake_clock.ts";
