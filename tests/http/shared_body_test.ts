import { assert, assertEquals, assertRejects } from "@std/assert";
import { type BodyEnd, SharedBody } from "../../src/http/shared_body.ts";
import { Pacer } from "../../src/http/pacer.ts";
import { FakeClock, settle } from "../fake_clock.ts";

/** A body of so many chunks of one size, which counts what is taken. */
class Fixture {
  readonly clock: FakeClock = new FakeClock();
  readonly ends: BodyEnd[] = [];
  readonly body: SharedBody;
  taken = 0;
  isReturned = false;

  constructor(count: number, size: number, failAt = Infinity) {
    const chunks = () => this.#chunks(count, size, failAt);
    this.body = new SharedBody({
      chunks: chunks(),
      clock: this.clock,
      pacer: new Pacer(this.clock),
      readMsMax: 1_000,
    });
  }

  open(): ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> {
    return this.body.open((how) => this.ends.push(how)).getReader();
  }

  /** Lets time pass in which nobody reads. */
  async turn(ms = 1): Promise<void> {
    await settle();
    await this.clock.advance(ms);
  }

  *#chunks(count: number, size: number, failAt: number): Generator<Uint8Array<ArrayBuffer>, void> {
    try {
      for (let i = 0; i < count; i++) {
        if (i === failAt) throw new Error("broken");
        this.taken++;
        yield new Uint8Array(size).fill(i);
      }
    } finally {
      this.isReturned = true;
    }
  }
}

async function readAll(
  fixture: Fixture,
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<number[]> {
  const firsts: number[] = [];
  let isDone = false;
  const reading = (async () => {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      firsts.push(value[0]!);
    }
  })().finally(() => isDone = true);
  while (!isDone) await fixture.turn(0);
  await reading;
  return firsts;
}

Deno.test("SharedBody makes the body once for all that open it in the same turn", async () => {
  const fixture = new Fixture(5, 10);
  const [a, b] = [fixture.open(), fixture.open()];
  await settle();
  assert(fixture.body.isJoinable);
  const c = fixture.open();
  assertEquals(await readAll(fixture, a), [0, 1, 2, 3, 4]);
  assertEquals(fixture.body.isJoinable, false);
  assertEquals(await readAll(fixture, b), [0, 1, 2, 3, 4]);
  assertEquals(await readAll(fixture, c), [0, 1, 2, 3, 4]);
  assertEquals([fixture.taken, fixture.ends], [5, ["sent", "sent", "sent"]]);
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("SharedBody makes no more than a little ahead of its reader", async () => {
  const fixture = new Fixture(100, 100_000);
  const reader = fixture.open();
  await fixture.turn();
  await fixture.turn();
  assertEquals(fixture.taken, 3);
  await reader.read();
  await fixture.turn();
  assertEquals(fixture.taken, 4);
  await reader.cancel();
});

Deno.test("SharedBody stops when the last reader has gone", async () => {
  const fixture = new Fixture(100, 200_000);
  const [a, b] = [fixture.open(), fixture.open()];
  await fixture.turn();
  await a.cancel();
  await b.read();
  await fixture.turn();
  assertEquals(fixture.isReturned, false);
  await b.cancel();
  await fixture.turn();
  assertEquals(fixture.isReturned, true);
  assertEquals(fixture.ends, ["cancelled", "cancelled"]);
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("SharedBody cuts off a reader that takes too long", async () => {
  const fixture = new Fixture(100, 200_000);
  const reader = fixture.open();
  await fixture.turn();
  await fixture.turn(999);
  assertEquals(fixture.ends, ["too_slow"]);
  await assertRejects(() => reader.read(), DOMException, "it must be read within 1 s");
  await fixture.turn();
  assertEquals(fixture.isReturned, true);
});

Deno.test("SharedBody cuts off a reader that is far behind another one, which goes on", async () => {
  const fixture = new Fixture(50, 1_000_000);
  const [fast, slow] = [fixture.open(), fixture.open()];
  assertEquals((await readAll(fixture, fast)).length, 50);
  assertEquals(fixture.ends, ["too_slow", "sent"]);
  await assertRejects(() => slow.read(), DOMException, "33554432 bytes behind");
});

Deno.test("SharedBody passes an error of the making on to every reader", async () => {
  const fixture = new Fixture(5, 10, 2);
  const [a, b] = [fixture.open(), fixture.open()];
  await fixture.turn();
  await fixture.turn();
  await assertRejects(() => a.read(), Error, "broken");
  await assertRejects(() => b.read(), Error, "broken");
  assertEquals(fixture.ends, ["failed", "failed"]);
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("SharedBody sends no empty chunks", async () => {
  const fixture = new Fixture(3, 0);
  assertEquals(await readAll(fixture, fixture.open()), []);
  assertEquals([fixture.taken, fixture.ends], [3, ["sent"]]);
});
