import type { LineCursor } from "./line_cursor.ts";
import {
  type ParsedFamily,
  type ParsedFormat,
  type ParsedType,
  type Suffixes,
  suffixesOf,
} from "./parsed_family.ts";
import { type OpenFamily, SampleSlot } from "./sample_slot.ts";

/** The families of one exposition, and whose each sample name is. */
export class FamilyBook {
  readonly #format: ParsedFormat;
  readonly #familiesMax: number;
  readonly #families = new Map<string, OpenFamily>();
  readonly #slots = new Map<string, SampleSlot>();
  #last: OpenFamily | null = null;

  constructor(format: ParsedFormat, familiesMax: number) {
    this.#format = format;
    this.#familiesMax = familiesMax;
  }

  /** The families in the order in which they began. */
  families(): readonly ParsedFamily[] {
    return [...this.#families.values()].map(({ name, type, help, unit, samples }) => ({
      name,
      type,
      help,
      unit,
      samples,
    }));
  }

  /** A TYPE line. */
  setType(cursor: LineCursor, name: string, type: ParsedType, at: number): void {
    const family = this.#describe(cursor, name, at);
    if (family.hasType) cursor.fail(`"${name}" must have one TYPE line`, at);
    if (family.samples.length > 0) {
      cursor.fail(`the TYPE line of "${name}" must come before its samples`, at);
    }
    this.#slots.delete(name);
    family.hasType = true;
    family.type = type;
    this.#claim(cursor, family, suffixesOf(this.#format, type)!, at);
  }

  /** A HELP line. */
  setHelp(cursor: LineCursor, name: string, help: string, at: number): void {
    const family = this.#describe(cursor, name, at);
    if (family.hasHelp) cursor.fail(`"${name}" must have one HELP line`, at);
    family.hasHelp = true;
    family.help = help;
  }

  /** A UNIT line of OpenMetrics. */
  setUnit(cursor: LineCursor, name: string, unit: string, at: number): void {
    const family = this.#describe(cursor, name, at);
    if (family.unit !== "") cursor.fail(`"${name}" must have one UNIT line`, at);
    if (unit !== "" && !name.endsWith(`_${unit}`)) {
      cursor.fail(`the name "${name}" must end with its unit, "_${unit}"`, at);
    }
    family.unit = unit;
  }

  /** Whose a sample name is. One that nobody has described is a family of its own. */
  slotOf(cursor: LineCursor, name: string, at: number): SampleSlot {
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      if (this.#families.has(name)) {
        const { type } = this.#families.get(name)!;
        cursor.fail(`a ${type} has no sample of its family's own name, "${name}"`, at);
      }
      this.#open(cursor, name, at);
      slot = this.#slots.get(name)!;
    }
    this.#enter(cursor, slot.family, at);
    return slot;
  }

  #describe(cursor: LineCursor, name: string, at: number): OpenFamily {
    const family = this.#families.get(name) ?? this.#open(cursor, name, at);
    this.#enter(cursor, family, at);
    return family;
  }

  /** OpenMetrics has each family in one piece; text 0.0.4 asks for it too, and no scraper insists. */
  #enter(cursor: LineCursor, family: OpenFamily, at: number): void {
    if (family === this.#last) return;
    if (this.#format === "openmetrics" && family.samples.length > 0) {
      cursor.fail(`the lines of "${family.name}" must be in one group`, at);
    }
    this.#last = family;
  }

  #open(cursor: LineCursor, name: string, at: number): OpenFamily {
    if (this.#families.size >= this.#familiesMax) {
      cursor.fail(`there must be at most ${this.#familiesMax} families`, at);
    }
    const family: OpenFamily = {
      name,
      type: "untyped",
      help: "",
      unit: "",
      samples: [],
      hasType: false,
      hasHelp: false,
    };
    this.#claim(cursor, family, suffixesOf(this.#format, "untyped")!, at);
    this.#families.set(name, family);
    return family;
  }

  #claim(cursor: LineCursor, family: OpenFamily, suffixes: Suffixes, at: number): void {
    for (const [suffix, role] of suffixes) {
      const name = family.name + suffix;
      const other = this.#slots.get(name);
      if (other !== undefined) {
        cursor.fail(
          `"${family.name}" must not have a sample of "${other.family.name}", "${name}"`,
          at,
        );
      }
      this.#slots.set(name, new SampleSlot(name, family, role));
    }
  }
}
