"""What `kerasan check` and `diff` make of the files of make_models.py against the release's reload.

python judge.py FOLDER... (one or more blocks of one release) prints counts and every disagreement.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERASAN = os.environ.get("KERASAN", str(ROOT / "build" / "kerasan"))
# Whether the model is compiled the same is another rule's business.
PARTS = ("architecture", "weights", "predictions")


def kerasan(*arguments):
    done = subprocess.run([KERASAN] + [str(a) for a in arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=600)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Judged:
    """The files of one folder: how many of each format, and what is wrong with them."""

    def __init__(self, folder):
        with open(os.path.join(str(folder), "index.json")) as stream:
            self.rows = json.load(stream)
        self.files, self.not_reloaded = collections.Counter(), collections.Counter()
        self.disagreements, self.predicted = [], 0
        self.models = collections.defaultdict(dict)
        for row in self.rows:
            self.models[row["name"]][row["format"]] = row
        for files in self.models.values():
            for row in files.values():
                self.judge(row, files["h5"])

    def judge(self, row, plain):
        self.files[row["format"]] += 1
        status, _, err = kerasan("check", row["saved"])
        # Weights alone are all that can be checked in a file without a config.
        self.expect(row, status == 0, "check: status %d: %s" % (status, err[-300:]))
        if row["error"] is None:
            self.expect(row, row["weights_equal"], "weights are not those saved, after the reload")
            self.expect(row, row.get("predictions_equal", True), "predictions differ after the reload")
        else:
            self.not_reloaded[row["format"], row["error"][:60]] += 1
        if row["resaved"]:
            told = self.differences(row, row["saved"], row["resaved"])
            self.expect(row, (not told) == row["weights_equal"], "saved again: %s" % told)
        told = self.differences(row, plain["saved"], row["saved"], "--inputs", row["inputs"])
        self.expect(row, not told, "against the HDF5 file: %s" % told)

    def differences(self, row, *arguments):
        status, out, err = kerasan("diff", "--json", "-", *arguments)
        if status not in (0, 1):
            return [err]
        told = json.loads(out)
        self.expect(row, status == bool(told["differences"]), "diff: status %d" % status)
        self.expect(row, told["alike"].get("weights", 0) > 0, "diff: no weight was compared")
        self.predicted += told["alike"].get("predictions", 0) > 0
        return [d for d in told["differences"] if d["part"] in PARTS]

    def expect(self, row, true, words):
        if not true:
            self.disagreements.append("%s %s: %s" % (row["name"], row["format"], words))


def main():
    total, files = 0, collections.Counter()
    not_reloaded, wrong, predicted = collections.Counter(), 0, 0
    for folder in sys.argv[1:]:
        judged = Judged(folder)
        total += len(judged.models)
        files.update(judged.files)
        not_reloaded.update(judged.not_reloaded)
        wrong += len(judged.disagreements)
        predicted += judged.predicted
        for line in judged.disagreements:
            print("DISAGREES %s %s" % (folder, line))
    print("%d models, %d files (%s), %d compared by predictions, %d disagreements" % (
        total, sum(files.values()), ", ".join("%d %s" % (n, kind) for kind, n in sorted(files.items())),
        predicted, wrong))
    for (kind, error), count in sorted(not_reloaded.items()):
        print("not reloaded by the release: %d %s: %s" % (count, kind, error))
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
