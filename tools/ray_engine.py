"""Spreads bugs over a Ray cluster: ray_engine.py KERASAN JOBS [--fresh] ID...

One task for each bug runs `kerasan bugs run ID` on a worker, so both engines come to the same rows; a
row is printed as a line of JSON as soon as it is there. RAY_ADDRESS names a cluster; without it, Ray is
started on this machine with JOBS workers. Every worker needs the checkout at the same path.
"""
import json
import os
import subprocess
import sys

import ray


@ray.remote(num_cpus=1, max_retries=2)
def row_of(kerasan, number, options):
    command = [kerasan, "bugs", "run", number, "--jobs", "1", "--json", "-"] + options
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise RuntimeError("%s: status %d: %s" % (" ".join(command), done.returncode, last))
    return json.loads(done.stdout)["rows"][0]


def main(kerasan, jobs, arguments):
    options = [word for word in arguments if word.startswith("--")]
    numbers = [word for word in arguments if word not in options]
    cluster = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": int(jobs)}
    ray.init(include_dashboard=False, log_to_driver=False, logging_level="error", **cluster)
    waiting = [row_of.remote(kerasan, number, options) for number in numbers]
    while waiting:
        done, waiting = ray.wait(waiting)
        print(json.dumps(ray.get(done[0])), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
