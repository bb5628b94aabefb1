"""Keras 3 on JAX and on Torch: no harm, no false alarm, and a put-in defect is heard."""
import os

import pytest

from conftest import ROOT, run_bare, run_watched

CORPUS = ROOT / "tests" / "corpus"
RUNNER = CORPUS / "on_keras.py"
# What calls TensorFlow itself runs on no other backend.
PROGRAMS = [path for path in sorted((CORPUS / "healthy").glob("*.py"))
            if "import tensorflow as tf" not in path.read_text()]
FEW = ["attention_text", "functional", "masked_text", "rare_events", "residual", "stacked_cells",
       "translation", "video"]
DIGESTS = ["sequential", "functional", "stateful_rnn", "conv_batchnorm", "dropout_noise"]
NIGHTLY = os.environ.get("KERASAN_NIGHTLY") == "1"
BACKENDS = ["jax", "torch"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("program", [p for p in PROGRAMS if NIGHTLY or p.stem in FEW],
                         ids=lambda path: path.stem)
def test_no_finding(tmp_path, program, backend):
    run = run_watched("backends", RUNNER, tmp_path, extra={"KERAS_BACKEND": backend},
                      arguments=[str(program)])
    assert run.status == 0, run.told()
    assert run.report["findings"] == [] and run.report["environment"]["backend"] == backend
    assert run.report["coverage"]["steps"]["recorded"] > 0, run.told()
    assert run.report["environment"]["accelerators"] == []
    assert run.report["environment"]["products"] == dict.fromkeys(
        ("matmul", "convolution", "recurrent"), ["float32"])
    assert " on keras " in run.output and backend in run.output


@pytest.mark.parametrize("backend", BACKENDS)
def test_weights_and_logs_are_identical(tmp_path, backend):
    """One process for all programs, and a budget that lets nearly every step be recorded."""
    extra, given, texts = {"KERAS_BACKEND": backend}, {}, {}
    for name in ("bare", "watched"):
        (tmp_path / name).mkdir()
        given[name] = ["%s=%s" % (tmp_path / name / (stem + ".txt"),
                                  CORPUS / "healthy" / (stem + ".py")) for stem in DIGESTS]
    status, output = run_bare("backends", RUNNER, tmp_path, extra, 600, given["bare"])
    assert status == 0, output[-3000:]
    run = run_watched("backends", RUNNER, tmp_path, ["--budget", "100"], extra, 600,
                      given["watched"])
    for name in ("bare", "watched"):
        texts[name] = [(tmp_path / name / (stem + ".txt")).read_text() for stem in DIGESTS]
    assert texts["watched"] == texts["bare"], run.told()
    steps = run.report["coverage"]["steps"]
    assert steps["recorded"] > steps["seen"] / 4, steps


FORMS = """
import os
import jax, torch
from kerasan_probe.adapters import arithmetic as told
exact, coarse = told.alike("float32"), told.alike("tf32")
mixed = dict(coarse, matmul="float32")
card = [{"kind": "gpu", "name": "a card", "capability": [8, 0]}]
assert told.of_torch() == ([], exact)
assert told.torch_on_gpu(torch.backends) == mixed
torch.backends.cuda.matmul.allow_tf32 = True
assert told.torch_on_gpu(torch.backends) == coarse
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
assert told.torch_on_gpu(torch.backends) == exact
torch.set_float32_matmul_precision("medium")
assert told.of_torch() == ([], told.alike("bfloat16"))
torch.set_float32_matmul_precision("highest")
torch.backends.cudnn.conv.fp32_precision = "tf32"
assert told.torch_on_gpu(torch.backends) == dict(exact, convolution="tf32")
with torch.autocast("cpu"):
    assert told.of_torch() == ([], told.alike(None))
jax.numpy.ones(2)
for name, form in ((None, exact), ("high", exact), ("TF32_TF32_F32", coarse),
                   ("BF16_BF16_F32", told.alike("bfloat16"))):
    with jax.default_matmul_precision(name):
        assert told.of_jax() == ([], form), name
assert told.tensorflow_products(card, lambda: True) == coarse
assert told.tensorflow_products(card, lambda: False) == exact
assert told.tensorflow_products(card, None) == coarse
assert told.tensorflow_products([dict(card[0], capability=[7, 0])], lambda: True) == exact
assert told.tensorflow_products([dict(card[0], kind="tpu")], lambda: True) == told.alike(None)
os.environ["NVIDIA_TF32_OVERRIDE"] = "1"
assert told.by_environment(card, mixed) == coarse and told.by_environment([], exact) == exact
os.environ["ONEDNN_DEFAULT_FPMATH_MODE"] = "bf16"
assert told.by_environment([], exact) == told.alike("bfloat16")
"""


def test_the_form_of_products_is_what_the_framework_says(tmp_path):
    (tmp_path / "forms.py").write_text(FORMS)
    status, output = run_bare("backends", tmp_path / "forms.py", tmp_path,
                              {"PYTHONPATH": str(ROOT / "probe")})
    assert status == 0, output


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_lost_bias_is_heard(tmp_path, backend):
    run = run_watched("backends", CORPUS / "lost_bias.py", tmp_path,
                      extra={"KERAS_BACKEND": backend})
    assert run.status == 1, run.told()
    assert "layer-output" in [finding["rule"] for finding in run.report["findings"]], run.told()
