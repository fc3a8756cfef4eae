/** The part of a classic Grafana dashboard that the tests read. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly id?: unknown;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

/** A panel, or a row that may hold panels. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
}

/** A query of a panel. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
}

/** A variable of a dashboard. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
}

const FOLDER = new URL("../../dashboards/", import.meta.url);

/** The names of the dashboards' files. */
export function dashboardFiles(): string[] {
  return [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) =>
    name.endsWith(".json")
  ).sort();
}

/** A dashboard as its file has it. */
export function readDashboard(file: string): Dashboard {
  return JSON.parse(Deno.readTextFileSync(new URL(file, FOLDER)));
}

/** The panels that draw, those inside rows included. */
export function drawnPanels({ panels }: { readonly panels: readonly Panel[] }): Panel[] {
  return panels.flatMap((panel) =>
    panel.type === "row" ? drawnPanels({ panels: panel.panels ?? [] }) : [panel]
  );
}
