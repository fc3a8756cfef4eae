/**
 * Kubernetes tells a container about every Service of its namespace through variables named after the
 * Service (`enableServiceLinks`, on by default). A Service called `muster`, `metrics` or `cluster`
 * therefore fills our own name space: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */

/** Names that only a service link has, such as `MUSTER_SERVICE_HOST` or `METRICS_PORT_4021_TCP_ADDR`. */
const LINK_NAME =
  /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;

/** The value of a link's `…_PORT`, such as `tcp://10.0.0.1:4021`. */
const LINK_VALUE = /^(tcp|udp|sctp):\/\//;

/** Whether the name alone says that this is a service link. No option has such a name. */
export function isServiceLinkName(name: string): boolean {
  return LINK_NAME.test(name);
}

/**
 * Whether this is the one link that looks like an option, `…_PORT`. It is told by its value: with a
 * Service called `metrics`, Kubernetes sets `METRICS_PORT=tcp://10.0.0.1:4021`, which nobody meant.
 */
export function isServiceLinkPort(name: string, value: string): boolean {
  return name.endsWith("_PORT") && LINK_VALUE.test(value);
}
