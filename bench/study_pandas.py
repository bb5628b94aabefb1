"""The job of study_million.py with pandas and NumPy: TABLE REVIEWERS [STORE]; prints JSON.

As a careful user would write it: items that were rated alike are counted once, and the bootstrap draws
the counts, so that a million items cost no more than the few ways of rating that occur.
"""
import itertools
import json
import os
import sqlite3
import sys

import numpy as np
import pandas as pd

SAMPLES = 1000


def read(path, reviewers):
    table = pd.read_csv(path, dtype={name: "category" for name in reviewers} | {"labels": "category"})
    assert table["key"].is_unique and table["key"].notna().all() and table["title"].notna().all()
    for name in reviewers:
        assert set(table[name].cat.categories) <= {0, 1}
    return table


def store(table, path):
    if os.path.exists(path):
        os.remove(path)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA synchronous=FULL")
        table.to_sql("item", database, index=False, chunksize=50000)
        database.execute("CREATE UNIQUE INDEX keys ON item(key)")


def ratio(observed, expected):
    return 1 - observed / expected


def percent(patterns, counts):
    """`counts`: one row a sample; the result has one value a sample."""
    given = [(patterns == code).sum(1) for code in (0, 1)]
    total = given[0] + given[1]
    equal = sum(n * (n - 1) for n in given)
    return counts @ equal / (counts @ (total * (total - 1)))


def fleiss(patterns, counts):
    full = (patterns >= 0).all(1)
    raters = patterns.shape[1]
    ones = np.where(full, (patterns == 1).sum(1), 0)
    items = counts @ full
    equal = np.where(full, ones * (ones - 1) + (raters - ones) * (raters - ones - 1), 0)
    share = counts @ ones / (items * raters)
    return ratio(1 - counts @ equal / (items * raters * (raters - 1)),
                 1 - share ** 2 - (1 - share) ** 2)


def cohen(patterns, counts, a, b):
    both = (patterns[:, a] >= 0) & (patterns[:, b] >= 0)
    items = counts @ both
    rows = counts @ (both & (patterns[:, a] == 1)) / items
    columns = counts @ (both & (patterns[:, b] == 1)) / items
    observed = counts @ (both & (patterns[:, a] != patterns[:, b])) / items
    return ratio(observed, rows * (1 - columns) + columns * (1 - rows))


def alpha(patterns, counts):
    ones, zeros = ((patterns == code).sum(1) for code in (1, 0))
    given = ones + zeros
    usable = given > 1
    weight = np.where(usable, 1 / np.maximum(given - 1, 1), 0)
    unlike = counts @ (2 * ones * zeros * weight)
    n1, n0 = counts @ (ones * usable), counts @ (zeros * usable)
    return ratio(unlike, 2 * n1 * n0 / (n1 + n0 - 1))


def agreement(table, reviewers):
    codes = np.stack([table[name].cat.codes.to_numpy() for name in reviewers], axis=1)
    numbers = ((codes + 1) * 3 ** np.arange(len(reviewers), dtype=np.int8)).sum(1, dtype=np.int8)
    tally = np.bincount(numbers, minlength=3 ** len(reviewers))
    tally[0] = 0  # rated by nobody
    patterns = np.array([[number // 3 ** i % 3 - 1 for i in range(len(reviewers))]
                         for number in range(len(tally))])
    items = tally.sum()
    samples = np.random.default_rng(3).multinomial(items, tally / items, SAMPLES).astype(float)
    statistics = {"percent agreement": percent, "Fleiss' kappa": fleiss,
                  "Krippendorff's alpha, nominal": alpha}
    for a, b in itertools.combinations(range(len(reviewers)), 2):
        name = "Cohen's kappa, %s and %s" % (reviewers[a], reviewers[b])
        statistics[name] = lambda p, c, a=a, b=b: cohen(p, c, a, b)
    all_items = tally[None].astype(float)
    values = {name: float(of(patterns, all_items)[0]) for name, of in statistics.items()}
    intervals = {name: np.quantile(of(patterns, samples), [0.025, 0.975]).tolist()
                 for name, of in statistics.items()}
    differ = (codes == 1).any(1) & (codes == 0).any(1)
    return int(items), values, intervals, table["key"][differ].head(1000).tolist()


def main():
    path, reviewers = sys.argv[1], sys.argv[2].split(",")
    table = read(path, reviewers)
    if len(sys.argv) > 3:
        store(table, sys.argv[3])
    items, values, intervals, conflicts = agreement(table, reviewers)
    queue = table["key"][table[reviewers[0]].isna()].head(20).tolist()
    print(json.dumps({"items": items, "values": values, "intervals": intervals,
                      "conflicts": conflicts, "queue": queue}))


if __name__ == "__main__":
    main()
