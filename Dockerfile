# Pin the digest in your own build: `docker buildx imagetools inspect denoland/deno:2.9.6` shows it, and
# `denoland/deno:2.9.6@sha256:…` then means the same bytes for ever.
FROM denoland/deno:2.9.6

ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1
WORKDIR /app

COPY deno.json deno.lock LICENSE mod.ts ./
COPY src ./src
# All that is imported, checked against the lock file.
RUN deno install --frozen --entrypoint src/main.ts src/env_names.ts

# The user `deno` of the image, as a number so that Kubernetes can check that it is not root.
USER 1993:1993
EXPOSE 4021 4000

# As `deno task start`, and nothing is downloaded any more. `exec` hands SIGTERM to Deno itself; the
# shell is there to collect the names of variables, which the server may not list.
ENTRYPOINT ["/bin/sh", "-c", "exec deno run --cached-only --no-prompt --allow-net --allow-env='MUSTER_*,METRICS_*,CLUSTER_*,LEDGER_*,POD_*,PORT,GIT_SHA,GIT_AUTHOR,ENABLE_PROMETHEUS_METRICS,HTTP_PROXY,http_proxy,ALL_PROXY,all_proxy' --allow-read=/etc/resolv.conf,/etc/muster,/run/secrets,/var/run/secrets,/var/lib/muster --allow-write=/var/lib/muster --allow-sys=hostname src/main.ts --env-names=$(deno run --cached-only --no-prompt --allow-env src/env_names.ts) \"$@\"", "muster"]
