"""Makes the benchmark's calls with Cloudflare's SDK for Python. Prints the wall and CPU time in seconds."""

import sys
import time

from cloudflare import Cloudflare

benchmark, base_url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = Cloudflare(api_token="secret", base_url=base_url)


def get(times):
    for _ in range(times):
        zone = client.zones.get(zone_id="023e105f4ecef8ad9ca31a8372d0c353")
        assert zone is not None and zone.name == "example.com"


def pages(_):
    for account in client.accounts.list(per_page=100):
        assert account is not None


if benchmark == "get":
    get(count // 10 + 1)  # Warm-up.
wall, cpu = time.perf_counter(), time.process_time()
(get if benchmark == "get" else pages)(count)
print(time.perf_counter() - wall, time.process_time() - cpu)
