"""Writes a trace of layer applications on random inputs; run by the interpreter under test.

    python layer_trace.py TRACE MUTATION SEED

MUTATION: none | element (one element moved by 1 % of the largest) | bias (recorded outputs
lack the bias) | gates (the kernels' first two gates are exchanged in the recording).
Prints the class of each application, one a line.
"""
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "probe"))

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from kerasan_probe.recorder import Recorder  # noqa: E402

L = tf.keras.layers
KERAS3 = hasattr(tf.keras, "version") and str(tf.keras.version()).startswith("3")
ACTIVATIONS = ["relu", "sigmoid", "hard_sigmoid", "tanh", "softmax", "softplus", "softsign", "elu",
               "selu", "gelu", "swish", "exponential", "linear"]


def draw(rng):
    """Pairs of a layer and its input; `rng` decides sizes and options."""
    def x(*shape):
        return (rng.randn(*shape) * rng.choice([0.3, 1, 3])).astype("float32")

    n, t, c = rng.randint(1, 4), rng.randint(3, 7), rng.randint(1, 6)
    side, u = rng.randint(5, 9), rng.randint(1, 6)
    pad = str(rng.choice(["valid", "same"]))
    s = int(rng.randint(1, 3))
    act = str(rng.choice(ACTIVATIONS))
    seq, image = x(n, t, c), x(n, side, side + 1, c)
    flags = {"return_sequences": bool(rng.randint(2)), "go_backwards": bool(rng.randint(2)),
             "use_bias": bool(rng.randint(2)), "bias_initializer": "random_normal"}
    yield L.Dense(u, activation=act, bias_initializer="random_normal"), seq
    yield L.Conv1D(u, 3, padding=str(rng.choice(["valid", "same", "causal"])), dilation_rate=s,
                   activation="relu", bias_initializer="random_normal"), x(n, 9, c)
    yield L.Conv2D(u, (2, 3), strides=s, padding=pad, bias_initializer="random_normal"), image
    yield L.Conv2D(4, 3, groups=2, padding=pad), x(n, side, side, 6)
    yield L.DepthwiseConv2D(3, strides=s, padding=pad, depth_multiplier=2,
                            bias_initializer="random_normal"), image
    yield L.SeparableConv1D(u, 3, padding=str(rng.choice(["valid", "same", "causal"])),
                            depth_multiplier=2, bias_initializer="random_normal"), x(n, 9, c)
    yield L.SeparableConv2D(u, (3, 2), strides=s, padding=pad, activation="relu"), image
    yield L.Conv2DTranspose(u, (int(rng.randint(1, 5)), 3), strides=(s, int(rng.randint(1, 4))),
                            padding=pad, bias_initializer="random_normal"), image
    if hasattr(L, "Conv1DTranspose"):
        yield L.Conv1DTranspose(u, 3, strides=s, padding=pad), seq
    for name in ACTIVATIONS:
        yield L.Activation(name), x(n, 5) * 3
    yield L.ReLU(max_value=2.0, negative_slope=0.1), seq
    yield L.LeakyReLU(), seq
    yield L.ELU(alpha=0.7), seq
    yield L.Softmax(axis=1), seq
    yield L.PReLU(alpha_initializer="random_normal"), seq
    for name in ("Max", "Average"):
        yield getattr(L, name + "Pooling1D")(2, strides=s, padding=pad), seq
        yield getattr(L, name + "Pooling2D")((2, 3), strides=s, padding=pad), image
        yield getattr(L, "Global%sPooling1D" % name)(), seq
        yield getattr(L, "Global%sPooling2D" % name)(keepdims=bool(rng.randint(2))), image
    yield L.BatchNormalization(gamma_initializer="random_normal",
                               moving_mean_initializer="random_normal"), image
    yield L.LayerNormalization(gamma_initializer="random_normal",
                               beta_initializer="random_normal"), seq
    yield L.Embedding(7, u), rng.randint(0, 7, (n, t))
    yield L.Dropout(0.4), seq
    yield L.Flatten(), image
    yield L.Reshape((-1, side)), image
    yield L.Permute((3, 1, 2)), image
    yield L.RepeatVector(3), x(n, 4)
    yield L.ZeroPadding1D((1, 2)), seq
    yield L.ZeroPadding2D(((1, 0), (2, 1))), image
    yield L.Cropping1D((1, 1)), seq
    yield L.Cropping2D(((1, 0), (2, 1))), image
    yield L.UpSampling1D(2), seq
    yield L.UpSampling2D((2, 3)), image
    for name in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        yield getattr(L, name)(), [x(n, 4), x(n, 4), x(n, 4)]
    yield L.Subtract(), [x(n, 4), x(n, 4)]
    yield L.Masking(), seq * rng.randint(0, 2, (n, t, 1)).astype("float32")
    yield L.SimpleRNN(u, **flags), seq
    yield L.LSTM(u, **flags), seq
    yield L.GRU(u, reset_after=bool(rng.randint(2)), **flags), seq
    yield L.Bidirectional(L.LSTM(u, return_sequences=flags["return_sequences"]),
                          merge_mode=str(rng.choice(["concat", "sum", "mul", "ave"]))), seq
    yield L.TimeDistributed(L.Dense(u, bias_initializer="random_normal")), x(n, t, 4, c)


def apply(layer, x, mask, training):
    inputs = [tf.constant(part) for part in x] if isinstance(x, list) else tf.constant(x)
    kwargs = {}
    if mask is not None:
        kwargs["mask"] = tf.constant(mask)
    if isinstance(layer, (L.Dropout, L.BatchNormalization)):
        kwargs["training"] = training
    layer(inputs, **kwargs)  # builds; batch statistics move with each training call
    values = [np.array(w) for w in (w.numpy() if hasattr(w, "numpy") else w for w in layer.weights)]
    return values, np.array(layer(inputs, **kwargs))


def swap_gates(values):
    for value in values:
        units = value.shape[-1] // 4
        first = value[..., :units].copy()
        value[..., :units] = value[..., units:2 * units]
        value[..., units:2 * units] = first


def record(recorder, layer, x, mask, training, mutation):
    values, y = apply(layer, x, mask, training)
    if mutation == "element":
        flat = y.reshape(-1)
        flat[flat.size // 2] += 1e-2 * max(np.abs(flat).max(), 1e-3)
    elif mutation == "bias":
        y = y - values[-1]
    elif mutation == "gates":
        swap_gates(values)
    names = [getattr(w, "path", w.name) for w in layer.weights]
    parts = x if isinstance(x, list) else [x]
    recorder.emit(
        "application", step=None, model=None, layer="layer:1", name=layer.name, node=0,
        inputs=[recorder.tensor(part) for part in parts],
        masks=None if mask is None else [recorder.tensor(mask)], training=training, kwargs={},
        initial_states=None, outputs=recorder.tensor(y), compute_dtype=layer.compute_dtype,
        config=recorder.value(layer.get_config()), builtin=True,
        weights=[{"name": n, "value": recorder.tensor(v)} for n, v in zip(names, values)],
        **{"class": type(layer).__name__})
    print(type(layer).__name__)


def wanted(layer, mutation, training):
    name = type(layer).__name__
    if mutation == "bias":
        return name == "Dense" and layer.get_config()["activation"] == "linear" or name == "Conv2D" \
            and layer.get_config()["groups"] == 1
    if mutation == "gates":
        return name == "LSTM"
    # An element of a random mask may legitimately be dropped or kept; two versions of
    # hard_sigmoid are both accepted.
    hard = layer.get_config().get("activation") == "hard_sigmoid"
    return mutation == "none" or not (hard or (name == "Dropout" and training))


def main(path, mutation, seed):
    recorder = Recorder()
    recorder.start(path)
    recorder.emit("framework", tensorflow=tf.__version__, keras=None, backend="tensorflow",
                  adapter="keras3" if KERAS3 else "keras2", eager=True, floatx="float32")
    rng = np.random.RandomState(int(seed))
    tf.random.set_seed(int(seed))
    for layer, x in draw(rng):
        training = bool(rng.randint(2))
        recurrent = isinstance(layer, (L.SimpleRNN, L.LSTM, L.GRU, L.Bidirectional))
        mask = None
        if recurrent and rng.randint(2):
            mask = np.arange(x.shape[1])[None, :] < rng.randint(1, x.shape[1] + 1, (len(x), 1))
        if wanted(layer, mutation, training):
            record(recorder, layer, x, mask, training, mutation)
    recorder.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
