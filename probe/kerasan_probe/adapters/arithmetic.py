"""On what device the framework works, and in what form it multiplies single-precision numbers there.

Matrix units of accelerators round the factors of products first, to TF32 or bfloat16, where the
framework lets them. Only public functions are asked, and none that would wake a device."""
import os
import sys

from kerasan_probe.recorder import rec

EXACT = "float32"  # the factors are taken as they are
COARSER = (EXACT, "tf32", "bfloat16", None)  # None: not known
TORCH = {"ieee": EXACT, "none": EXACT, "tf32": "tf32", "bf16": "bfloat16"}
# Of oneDNN, by the environment (its documentation of the floating-point math mode).
ONEDNN = {"TF32": "tf32", "BF16": "bfloat16", "F16": None, "ANY": None}
KINDS = ("matmul", "convolution", "recurrent")


class Arithmetic(object):
    """Tells what it is before what was computed with it, whenever it changes."""

    def __init__(self, facts):
        self.facts, self.last, self.failed = facts, None, False

    def __call__(self):
        if self.failed:
            return
        try:
            told = self.facts()
        except Exception:
            self.failed = True  # told once
            rec.uncovered("the precision of products is not known", "a fault")
            raise
        if told is None:
            return
        accelerators, products = told
        now = {"accelerators": accelerators, "products": by_environment(accelerators, products)}
        if now == self.last:
            return
        self.last = now
        rec.emit("arithmetic", **now)
        if None in now["products"].values():
            rec.uncovered("the precision of products is not known",
                          ", ".join(a["name"] for a in accelerators))


def install(facts):
    """`facts()`: the accelerators and the form of each kind of product; None: not known now."""
    rec.arithmetic = Arithmetic(facts)


def coarser(one, other):
    return one if COARSER.index(one) > COARSER.index(other) else other


def alike(form):
    return dict.fromkeys(KINDS, form)


def by_environment(accelerators, products):
    """NVIDIA's and oneDNN's libraries may be told by variables that no framework knows of."""
    forced = EXACT
    if accelerators and os.environ.get("NVIDIA_TF32_OVERRIDE") == "1":
        forced = "tf32"
    for name in ("ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_DEFAULT_FPMATH_MODE",
                 "TF_SET_ONEDNN_FPMATH_MODE"):
        forced = coarser(forced, ONEDNN.get(os.environ.get(name, "").upper(), EXACT))
    return {kind: coarser(form, forced) for kind, form in products.items()}


def has_tf32(accelerators):
    """Graphics processors of compute capability 8.0 or more, or of an unknown one."""
    return any(a["capability"] is None or a["capability"][0] >= 8 for a in accelerators)


# -- Torch ------------------------------------------------------------------------------------
def of_torch():
    import torch
    accelerators = []
    if torch.cuda.is_initialized():
        place = torch.cuda.current_device()
        accelerators.append({"kind": "gpu", "name": torch.cuda.get_device_name(place),
                             "capability": list(torch.cuda.get_device_capability(place))})
    if getattr(torch, "xpu", None) is not None and torch.xpu.is_initialized():
        return accelerators + [{"kind": "xpu", "name": "xpu", "capability": None}], alike(None)
    if autocasts(torch, "cuda" if accelerators else "cpu"):
        return accelerators, alike(None)
    if not accelerators:
        return accelerators, torch_on_processor(torch)
    if not has_tf32(accelerators):
        return accelerators, alike(EXACT)
    return accelerators, torch_on_gpu(torch.backends)


def autocasts(torch, device):
    try:
        return torch.is_autocast_enabled(device)
    except TypeError:  # before 2.4
        return torch.is_autocast_enabled()


def torch_on_gpu(backends):
    if hasattr(backends.cuda.matmul, "fp32_precision") and hasattr(backends.cudnn, "conv"):
        forms = [TORCH.get(held.fp32_precision) for held in
                 (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn)]
    else:  # before 2.9
        forms = ["tf32" if held.allow_tf32 else EXACT for held in
                 (backends.cuda.matmul, backends.cudnn, backends.cudnn)]
    # Where the convolution library does not take part, a matrix product does its work.
    return {kind: coarser(form, forms[0]) for kind, form in zip(KINDS, forms)}


def torch_on_processor(torch):
    mkldnn = torch.backends.mkldnn
    if hasattr(mkldnn, "matmul") and hasattr(mkldnn.matmul, "fp32_precision"):
        forms = [TORCH.get(held.fp32_precision) for held in (mkldnn.matmul, mkldnn.conv, mkldnn.rnn)]
        return {kind: coarser(form, forms[0]) for kind, form in zip(KINDS, forms)}
    name = getattr(torch, "get_float32_matmul_precision", lambda: "highest")()
    return alike("bfloat16" if name == "medium" else EXACT)


# -- JAX --------------------------------------------------------------------------------------
# Names of jax.default_matmul_precision on graphics processors; None stands for the default.
JAX_GPU = {None: "tf32", "default": "tf32", "fastest": "tf32", "bfloat16": "tf32",
           "high": "tf32", "bfloat16_3x": "tf32", "tensorfloat32": "tf32",
           "highest": EXACT, "float32": EXACT}
# Algorithms by name (jax.lax.DotAlgorithmPreset), on every device; none of the others is followed.
JAX_ALGORITHMS = {"F32_F32_F32": EXACT, "TF32_TF32_F32": "tf32", "TF32_TF32_F32_X3": "tf32",
                  "BF16_BF16_F32": "bfloat16", "BF16_BF16_F32_X3": "bfloat16",
                  "BF16_BF16_F32_X6": "bfloat16", "BF16_BF16_F32_X9": "bfloat16"}


def of_jax():
    import jax
    held = jax.config.jax_default_matmul_precision
    name = None if held is None else str(held)
    devices = [d for d in jax.devices() if d.platform != "cpu"]
    accelerators = [{"kind": device.platform, "name": str(device.device_kind),
                     "capability": version(getattr(device, "compute_capability", None))}
                    for device in devices[:1]]
    if name is not None and name.upper() in JAX_ALGORITHMS:
        return accelerators, alike(JAX_ALGORITHMS[name.upper()])
    if not accelerators:
        return accelerators, alike(EXACT if name in JAX_GPU else None)
    if devices[0].platform not in ("gpu", "cuda", "rocm"):
        return accelerators, alike(None)
    form = JAX_GPU.get(name)
    return accelerators, alike(EXACT if form == "tf32" and not has_tf32(accelerators) else form)


def version(text):
    try:
        return [int(part) for part in str(text).split(".")]
    except ValueError:
        return None


# -- TensorFlow -------------------------------------------------------------------------------
def of_tensorflow():
    tf = sys.modules["tensorflow"]
    config = getattr(tf, "config", None)
    visible = getattr(config, "get_visible_devices", None) or getattr(
        getattr(config, "experimental", None), "get_visible_devices", None)
    if visible is None:  # before 1.15
        return ([], alike(EXACT)) if not tf.test.is_built_with_cuda() else None
    devices = [d for d in visible() if d.device_type not in ("CPU", "XLA_CPU", "XLA_GPU")]
    accelerators = [dict({"kind": d.device_type.lower()}, **details(config.experimental, d))
                    for d in devices]
    rewrites = getattr(config, "optimizer", None) and config.optimizer.get_experimental_options()
    if any(on for name, on in (rewrites or {}).items() if "auto_mixed_precision" in name) or \
            os.environ.get("TF_ENABLE_AUTO_MIXED_PRECISION") == "1":
        return accelerators, alike(None)
    enabled = getattr(config.experimental, "tensor_float_32_execution_enabled", None)
    return accelerators, tensorflow_products(accelerators, enabled)


def tensorflow_products(accelerators, enabled):
    if not accelerators:
        return alike(EXACT)
    if any(a["kind"] != "gpu" for a in accelerators):
        return alike(None)
    if not has_tf32(accelerators) or enabled is not None and not enabled():
        return alike(EXACT)
    if enabled is None:
        rec.uncovered("whether products ran in TF32 is not told by this release; taken to be so",
                      accelerators[0]["name"])
    return alike("tf32")


def details(experimental, device):
    ask = getattr(experimental, "get_device_details", None)
    told = ask(device) if ask is not None else {}
    capability = told.get("compute_capability")
    return {"name": str(told.get("device_name", device.name)),
            "capability": list(capability) if capability else None}


def of_session(session):
    """Facts of a release whose sessions hold the devices; `session()` gives the one at hand."""
    def facts():
        tf = sys.modules["tensorflow"]
        if tf.executing_eagerly():
            return of_tensorflow()
        held = session()
        if held is None:
            return None if tf.test.is_built_with_cuda() else ([], alike(EXACT))
        if facts.held != id(held):
            facts.held, facts.devices = id(held), held.list_devices()
        accelerators = [{"kind": d.device_type.lower(), "name": d.name, "capability": None}
                        for d in facts.devices if not d.device_type.endswith(("CPU", "XLA_GPU"))]
        return accelerators, tensorflow_products(accelerators, None)

    facts.held = None
    return facts
