"""A study of a million issues: time and peak memory of Kerasan over those of pandas, in one run.

Both read the same table (key, title, url, labels, date, the votes of three reviewers, one vote in
fifty left open), refuse a key that occurs twice or a vote that is none, keep what they read in a file,
give every coefficient of agreement with its bootstrap interval, the items in conflict, and the first
page of a reviewer's queue. They must give the same numbers. Kerasan keeps an SQLite file of items and
single votes with their history, synchronised to the disk; pandas either writes its table to SQLite
with an index of the keys ("stored"), or keeps nothing at all ("in memory").
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KERASAN = str(ROOT / "build" / "kerasan")
REVIEWERS = ["ana", "ben", "eva"]
WORDS = ("loss model layer fit evaluate wrong value metric saved weights mask shape batch training "
         "callback predict dataset gradient optimizer reload accuracy config sequential error").split()


def write_table(path, items):
    rand = random.Random(7)
    titles = [" ".join(rand.choices(WORDS, k=rand.randint(4, 10))) for _ in range(5000)]
    with open(path, "w") as out:
        out.write("key,title,url,labels,created," + ",".join(REVIEWERS) + "\n")
        for number in range(1, items + 1):
            title = titles[rand.randrange(5000)]
            likely = 0.9 if rand.random() < 0.1 else 0.05
            votes = ["" if rand.random() < 0.02 else "1" if rand.random() < likely else "0"
                     for _ in REVIEWERS]
            out.write("issue-%d,\"%s, number %d\",https://example.org/project/issues/%d,"
                      "type:bug^comp:keras,20%02d-%02d-%02dT10:00:00Z,%s\n"
                      % (number, title, number, number, number % 24, number % 12 + 1,
                         number % 28 + 1, ",".join(votes)))


def measured(command):
    """Output, seconds, peak resident bytes and processor seconds of a process."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode != 0:
            sys.exit("%s ended with status %d" % (" ".join(command), process.returncode))
        out.seek(0)
        return out.read().decode(), seconds, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime


def with_kerasan(table, folder):
    project = os.path.join(folder, "study.db")
    if os.path.exists(project):
        os.remove(project)
    study = [KERASAN, "study"]
    steps = {
        "init": study + ["init", project, "--reviewers", ",".join(REVIEWERS), "--as", "ana"],
        "import": study + ["import", project, table, "--as", "ana"],
        "agreement": study + ["agreement", project, "--json"],
        "queue": study + ["queue", project, "--as", "ana", "--limit", "20"],
    }
    done = {name: measured(command) for name, command in steps.items()}
    stage = json.loads(done["agreement"][0])[0]
    result = {
        "items": stage["items"],
        "values": {one["name"]: one["value"] for one in stage["estimates"]},
        "intervals": {one["name"]: one["interval"] for one in stage["estimates"]},
        "conflicts": [one["item"] for one in stage["conflicts"]],
        "queue": [line.split("\t")[0] for line in done["queue"][0].splitlines()],
    }
    return result, {name: one[1:] for name, one in done.items()}


def with_pandas(table, folder, store):
    script = pathlib.Path(__file__).with_name("study_pandas.py")
    command = [sys.executable, str(script), table, ",".join(REVIEWERS)]
    output, *used = measured(command + ([os.path.join(folder, "p.db")] if store else []))
    return json.loads(output), used


def compare(ours, theirs):
    for key in ("items", "conflicts", "queue"):
        assert ours[key] == theirs[key], key
    assert ours["values"].keys() == theirs["values"].keys()
    for name, value in ours["values"].items():
        assert abs(value - theirs["values"][name]) < 1e-9, name
        for a, b in zip(ours["intervals"][name], theirs["intervals"][name]):
            assert abs(a - b) < 0.002, name  # two independent samples


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ours, theirs = [], {"stored": [], "in memory": []}
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "issues.csv")
        write_table(table, options.items)
        print("%d issues, %.0f MB" % (options.items, os.path.getsize(table) / 1e6), flush=True)
        for _ in range(options.rounds):
            result, parts = with_kerasan(table, folder)
            seconds, memory, processor = zip(*parts.values())
            ours.append((sum(seconds), max(memory), sum(processor)))
            print("kerasan  " + ", ".join("%s %.2f s" % (name, one[0]) for name, one in parts.items())
                  + "; peak %.0f MB, processor %.2f s" % (ours[-1][1] / 1e6, ours[-1][2]), flush=True)
            for kind, found in theirs.items():
                other, used = with_pandas(table, folder, kind == "stored")
                compare(result, other)
                found.append(used)
                print("pandas, %s  %.2f s; peak %.0f MB, processor %.2f s"
                      % (kind, used[0], used[1] / 1e6, used[2]), flush=True)
    for kind, found in theirs.items():
        ratios = [statistics.median(one[i] for one in ours) / statistics.median(one[i] for one in found)
                  for i in range(3)]
        print("kerasan over pandas, %-10s time %.2f, peak memory %.2f (processor %.2f)"
              % (kind + ":", *ratios))


if __name__ == "__main__":
    main()
