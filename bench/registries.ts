import { Registry as PromRegistry } from "prom-client";
import { TextRenderer } from "../src/exposition/text.ts";
import { Registry } from "../src/metrics/registry.ts";
import { OpenTelemetry } from "./open_telemetry.ts";
import { assertSameSamples } from "./same_samples.ts";

/** The three registries that are compared. */
export class Registries {
  readonly muster: Registry;
  readonly promClient: PromRegistry = new PromRegistry();
  readonly openTelemetry: OpenTelemetry = new OpenTelemetry();

  constructor(seriesPerFamilyMax: number = 10_000) {
    this.muster = new Registry({ seriesPerFamilyMax });
  }

  /** Throws unless all that were filled show the same samples. */
  async verify(hasOpenTelemetry: boolean = true): Promise<void> {
    const shown = await this.promClient.metrics();
    this.muster.shard.stamp();
    const chunks = [...new TextRenderer().render(this.muster.shard)];
    assertSameSamples(await new Blob(chunks).text(), shown);
    if (hasOpenTelemetry) assertSameSamples(await this.openTelemetry.metrics(), shown);
  }
}
