import { parseAllDocuments } from "yaml";

/** A Kubernetes object as its file has it. */
export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  // deno-lint-ignore no-explicit-any
  readonly object: any;
}

/** Where the manifests are. */
export const K8S_BASE: URL = new URL("../../k8s/base/", import.meta.url);

/** Every object of a folder of manifests but its kustomization. */
export function readManifests(folder: URL): Manifest[] {
  const manifests: Manifest[] = [];
  for (const file of yamlFiles(folder)) {
    if (file === "kustomization.yaml") continue;
    for (const document of parseAllDocuments(Deno.readTextFileSync(new URL(file, folder)))) {
      const [problem] = [...document.errors, ...document.warnings];
      if (problem !== undefined) throw new Error(`Cannot read ${file}: ${problem.message}`);
      const object = document.toJS();
      manifests.push({ file, apiVersion: object.apiVersion, kind: object.kind, object });
    }
  }
  return manifests;
}

/** The names of a folder's YAML files. */
export function yamlFiles(folder: URL): string[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  return names.filter((name) => /\.ya?ml$/.test(name)).sort();
}
