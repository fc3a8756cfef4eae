/** A program that tests start. */
export type BinaryName =
  | "curl"
  | "dnsmasq"
  | "initdb"
  | "ip"
  | "knotd"
  | "nft"
  | "nginx"
  | "postgres"
  | "prometheus"
  | "promtool"
  | "python3"
  | "redis-server";

/** A program, and the Debian package that holds it. */
export interface NeededBinary {
  readonly name: BinaryName;
  readonly debianPackage: string;
}

/** Every program that a test starts. `install.ts` installs these; nothing else is started. */
export const NEEDED_BINARIES: readonly NeededBinary[] = [
  { name: "curl", debianPackage: "curl" },
  { name: "dnsmasq", debianPackage: "dnsmasq-base" },
  { name: "initdb", debianPackage: "postgresql" },
  { name: "ip", debianPackage: "iproute2" },
  { name: "knotd", debianPackage: "knot" },
  { name: "nft", debianPackage: "nftables" },
  { name: "nginx", debianPackage: "nginx-light" },
  { name: "postgres", debianPackage: "postgresql" },
  { name: "prometheus", debianPackage: "prometheus" },
  { name: "promtool", debianPackage: "prometheus" },
  { name: "python3", debianPackage: "python3" },
  { name: "redis-server", debianPackage: "redis-server" },
];

/** The path of the program, or null; looks in `PATH`, and where Debian puts daemons. */
export function findBinary(name: string): string | null {
  const folders = [
    ...(Deno.env.get("PATH") ?? "").split(":"),
    "/usr/sbin",
    "/sbin",
    ...postgresFolders(),
  ];
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    try {
      if (folder !== "" && Deno.statSync(path).isFile) return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Where Debian puts the programs of each version of PostgreSQL, the newest first. */
function postgresFolders(): string[] {
  const base = "/usr/lib/postgresql";
  try {
    const versions = [...Deno.readDirSync(base)].map(({ name }) => name);
    return versions.sort((a, b) => Number(b) - Number(a)).map((version) =>
      `${base}/${version}/bin`
    );
  } catch {
    return [];
  }
}

/** The path of the program. Throws an error that names the package to install. */
export function requireBinary(name: BinaryName): string {
  const path = findBinary(name);
  if (path !== null) return path;
  const { debianPackage } = NEEDED_BINARIES.find((binary) => binary.name === name)!;
  throw new Error(
    `Cannot start ${name}: it must be installed. Run 'apt-get install ${debianPackage}' ` +
      `(Debian), or 'deno run -A tests/servers/install.ts' as root.`,
  );
}
