"""Time and peak memory of `kerasan check` on large model files, over h5py or NumPy reading the same.

The files hold one Sequential of square Dense layers, as HDF5, as a .keras archive and as a
checkpoint. The other side only reads every array into memory; its interpreter's start and its
imports are not counted in its time. Rounds of both are interleaved, after one of each that brings the
file into memory; medians are compared.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIDE = 4096

READERS = {
    "hdf5": """
import h5py
def read(path):
    kept = []
    with h5py.File(path, "r") as file:
        file.visititems(lambda n, o: kept.append(o[()]) if isinstance(o, h5py.Dataset) else None)
    return kept
""",
    "keras": """
import io, zipfile, h5py
def read(path):
    kept = []
    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as member:
        with h5py.File(member, "r") as file:
            file.visititems(
                lambda n, o: kept.append(o[()]) if isinstance(o, h5py.Dataset) else None)
    return kept
""",
    "bundle": """
import numpy
def read(path):
    return [numpy.fromfile(path + ".data-00000-of-00001", "float32")]
""",
}
MEASURE = """
import sys, time
begin = time.perf_counter()
kept = read(sys.argv[1])
print(time.perf_counter() - begin)
"""


def config(count):
    layers = [{"class_name": "Dense", "config": {
        "name": "dense_%d" % i, "units": SIDE, "activation": "linear", "use_bias": False,
        "dtype": "float32"}} for i in range(count)]
    layers[0]["config"]["batch_input_shape"] = [None, SIDE]
    return {"class_name": "Sequential", "config": {"name": "model", "layers": layers}}


def write_files(folder, count):
    import h5py
    import numpy
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow
    arrays = [numpy.random.default_rng(i).standard_normal((SIDE, SIDE), "float32")
              for i in range(count)]
    hdf5, weights = os.path.join(folder, "m.h5"), os.path.join(folder, "weights.h5")
    with h5py.File(hdf5, "w") as file:
        file.attrs["keras_version"], file.attrs["model_config"] = "2.15.0", json.dumps(config(count))
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = ["dense_%d" % i for i in range(count)]
        for i, array in enumerate(arrays):
            name = "dense_%d/kernel:0" % i
            inner = group.create_group("dense_%d" % i)
            inner.attrs["weight_names"] = [name]
            inner.create_dataset(name, data=array)
    with h5py.File(weights, "w") as file:
        for i, array in enumerate(arrays):
            key = "dense" if i == 0 else "dense_%d" % i
            file.create_dataset("layers/%s/vars/0" % key, data=array)
    archive = os.path.join(folder, "m.keras")
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
        members.writestr("config.json", json.dumps(config(count)))
        members.write(weights, "model.weights.h5")
    os.remove(weights)
    bundle = os.path.join(folder, "bundle")
    tensorflow.raw_ops.SaveV2(
        prefix=bundle, tensor_names=["dense_%d/kernel" % i for i in range(count)],
        shape_and_slices=[""] * count, tensors=arrays)
    return {"hdf5": hdf5, "keras": archive, "bundle": bundle}


def measured(command):
    """Seconds, peak memory in bytes, and output of a process."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    if status != 0:
        sys.exit("failed: %s" % command)
    return time.perf_counter() - begin, usage.ru_maxrss * 1024, out


def compare(kind, path, rounds):
    ours, theirs, memory, other = [], [], [], []
    for number in range(rounds + 1):
        seconds, peak, _ = measured([str(ROOT / "build" / "kerasan"), "check", "--quiet", path])
        _, other_peak, out = measured([sys.executable, "-c", READERS[kind] + MEASURE, path])
        if number == 0:
            continue
        ours.append(seconds)
        memory.append(peak)
        theirs.append(float(out))
        other.append(other_peak)
    ratio = statistics.median(ours) / statistics.median(theirs)
    space = statistics.median(memory) / statistics.median(other)
    print("%-6s %.2f s, read alone %.2f s: ratio %.2f; peak %.2f GB, there %.2f GB: ratio %.2f"
          % (kind, statistics.median(ours), statistics.median(theirs), ratio,
             statistics.median(memory) / 1e9, statistics.median(other) / 1e9, space), flush=True)
    return ratio <= 1 and space <= 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--layers", type=int, default=16, help="of 64 MB each")
    parser.add_argument("--write", metavar="FOLDER", help="only write the files")
    options = parser.parse_args()
    if options.write:
        print(json.dumps(write_files(options.write, options.layers)))
        return
    with tempfile.TemporaryDirectory() as folder:
        # A process counts the size of what it was forked from as its own peak: this one stays small.
        files = json.loads(subprocess.check_output(
            [sys.executable, __file__, "--write", folder, "--layers", str(options.layers)],
            stderr=subprocess.DEVNULL))
        met = [compare(kind, path, options.rounds) for kind, path in files.items()]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
