"""Generates tables of ratings and what statsmodels, scikit-learn, krippendorff and SciPy say.

Run with the environment `study`: writes NAME.csv and expected.json into the folder given.
"""
import json
import pathlib
import sys

import krippendorff
import numpy as np
from scipy.stats import bootstrap
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

SETS = 50


def ratings(random, items, raters, categories, missing):
    """Raters see a truth with their own rates of error; some ratings are left out."""
    truth = random.choice(categories, items, p=random.dirichlet(np.ones(categories)))
    out = np.empty((items, raters))
    for rater in range(raters):
        wrong = random.random(items) < random.uniform(0.05, 0.6)
        out[:, rater] = np.where(wrong, random.integers(0, categories, items), truth)
    out[random.random(out.shape) < missing] = np.nan
    return out


def cohen(a, b, labels, weights=None):
    both = ~np.isnan(a) & ~np.isnan(b)
    return float(cohen_kappa_score(a[both], b[both], labels=labels, weights=weights))


def expected(data, categories):
    labels = list(range(categories))
    complete = data[~np.isnan(data).any(axis=1)].astype(int)
    pairs = [(a, b) for a in range(data.shape[1]) for b in range(a + 1, data.shape[1])]
    table = np.zeros((len(complete), categories), int)
    for column in complete.T:
        table[np.arange(len(complete)), column] += 1
    assert np.array_equal(aggregate_raters(complete, categories)[0], table)
    alpha = {level: float(krippendorff.alpha(data.T, value_domain=labels,
                                             level_of_measurement=level))
             for level in ("nominal", "ordinal", "interval")}
    return {
        "fleiss": float(fleiss_kappa(table)),
        "alpha": alpha,
        "cohen": [[cohen(data[:, a], data[:, b], labels, weights)
                   for weights in (None, "linear", "quadratic")] for a, b in pairs],
    }


def interval(data):
    """Percentile bootstrap of Cohen's kappa of the first two raters."""
    def kappa(rows):
        rows = rows.astype(int)
        return cohen_kappa_score(data[rows, 0], data[rows, 1])
    found = bootstrap((np.arange(len(data)),), kappa, n_resamples=2000, vectorized=False,
                      method="percentile", random_state=np.random.default_rng(5))
    return [float(found.confidence_interval.low), float(found.confidence_interval.high)]


def write(data, path):
    head = ",".join(["item"] + ["r%d" % i for i in range(data.shape[1])])
    rows = [",".join(["i%d" % n] + ["" if np.isnan(v) else str(int(v)) for v in row])
            for n, row in enumerate(data)]
    path.write_text("\n".join([head] + rows) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    random = np.random.default_rng(20260)
    sets = {}
    for number in range(SETS):
        categories = int(random.integers(2, 7))
        data = ratings(random, int(random.integers(30, 200)), int(random.integers(2, 6)), categories,
                       0.0 if number % 5 == 0 else random.uniform(0.02, 0.25))
        name = "set%02d" % number
        write(data, folder / (name + ".csv"))
        sets[name] = dict(expected(data, categories), categories=categories)
        if number in (0, 5):
            sets[name]["interval"] = interval(data)
    (folder / "expected.json").write_text(json.dumps(sets))


if __name__ == "__main__":
    main()
