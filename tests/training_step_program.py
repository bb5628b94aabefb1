"""training_step_program.py MODEL OPTIMIZER [FAULT]: trains a small model, in a damaged framework."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras

layers = keras.layers


def halved(grads):
    return [half(g) for g in grads]


def half(grad):
    if isinstance(grad, tf.IndexedSlices):
        return tf.IndexedSlices(grad.values * 0.5, grad.indices, grad.dense_shape)
    return grad if grad is None else grad * 0.5


def without_bias(grads):
    return [g if g is None or len(g.shape) > 1 else g * 0 for g in grads]


def replace_gradient(change):
    original = tf.GradientTape.gradient
    tf.GradientTape.gradient = lambda self, *args, **kw: change(original(self, *args, **kw))


def ignore_weights_in_gradient():
    original = keras.losses.Loss.__call__

    def call(self, y_true, y_pred, sample_weight=None):
        weighted = original(self, y_true, y_pred, sample_weight=sample_weight)
        plain = original(self, y_true, y_pred)
        return plain + tf.stop_gradient(weighted - plain)

    keras.losses.Loss.__call__ = call


def no_penalty_in_gradient():
    cls = type(keras.regularizers.l2(0.1))
    original = cls.__call__
    cls.__call__ = lambda self, x: tf.stop_gradient(original(self, x))


def averages_stay():
    cls = layers.BatchNormalization
    original = cls.call

    def call(self, inputs, *args, **kw):
        kept = [tf.identity(v) for v in (self.moving_mean, self.moving_variance)]
        result = original(self, inputs, *args, **kw)
        for variable, value in zip((self.moving_mean, self.moving_variance), kept):
            variable.assign(value)
        return result

    cls.call = call


def frozen_moves(grads):
    for layer in model.layers:
        if not layer.trainable:
            layer.weights[0].assign(tf.convert_to_tensor(layer.weights[0]) * 1.001)
    return grads


FAULTS = {
    "halved": lambda: replace_gradient(halved),
    "no-bias": lambda: replace_gradient(without_bias),
    "no-weights": ignore_weights_in_gradient,
    "no-penalty": no_penalty_in_gradient,
    "averages-stay": averages_stay,
    "frozen-moves": lambda: replace_gradient(frozen_moves),
}
if len(sys.argv) > 3:
    FAULTS[sys.argv[3]]()

rng = np.random.RandomState(5)
images = rng.normal(size=(48, 8, 8, 2)).astype("float32")
rows = rng.normal(size=(48, 6)).astype("float32")
classes = rng.randint(0, 3, size=48)
weights = rng.uniform(0.2, 3, size=48).astype("float32")
l2 = keras.regularizers.l2(0.05)


def mlp():
    made = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(12, activation="relu", kernel_regularizer=l2),
            layers.Dense(8, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return made, rows, classes, {"loss": "sparse_categorical_crossentropy"}


def regression():
    made = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="elu", use_bias=False),
            layers.Dense(2, kernel_regularizer=keras.regularizers.l1(0.01)),
        ]
    )
    return made, rows, rows[:, :2], {"loss": "mae"}


def frozen():
    made = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="relu", trainable=False),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    return made, rows, (classes > 0).astype("float32"), {"loss": "binary_crossentropy"}


def shared():
    left, right, twice = (
        keras.Input((6,), name="left"),
        keras.Input((6,), name="right"),
        layers.Dense(5, activation="tanh", bias_regularizer=l2),
    )
    joined = layers.Concatenate()([twice(left), twice(right)])
    first = layers.Dense(3, name="first")(joined)
    second = layers.Dense(1, name="second")(layers.Add()([twice(left), twice(right)]))
    made = keras.Model([left, right], [first, second])
    losses = [keras.losses.SparseCategoricalCrossentropy(from_logits=True), keras.losses.Huber()]
    return (
        made,
        [rows, rows[::-1].copy()],
        [classes, rows[:, 0]],
        {"loss": losses, "loss_weights": [0.5, 2.0]},
    )


def cnn():
    made = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.Activation("relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(3, 2, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return made, images, keras.utils.to_categorical(classes, 3), {"loss": "categorical_crossentropy"}


def words():
    made = keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(9, 4),
            layers.LSTM(4, return_sequences=True),
            layers.GRU(3),
            layers.LayerNormalization(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return made, rng.randint(0, 9, size=(48, 5)), classes, {"loss": "sparse_categorical_crossentropy"}


def dropping():
    made = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.SpatialDropout2D(0.4),
            layers.Flatten(),
            layers.Dense(6, activation="tanh"),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return made, images, classes, {"loss": "sparse_categorical_crossentropy"}


def decoder():
    norm = layers.GroupNormalization(2) if hasattr(layers, "GroupNormalization") else \
        layers.LayerNormalization()
    made = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, strides=2, activation="tanh"),
            norm,
            layers.Conv2DTranspose(2, 3, strides=2, padding="same", activation="elu"),
            layers.Reshape((6, 3, 4)),
            layers.TimeDistributed(layers.Dense(2)),
            layers.Reshape((6, 3, 2, 1)),
            layers.Conv3D(2, 2),
            layers.GlobalAveragePooling3D(),
        ]
    )
    return made, images, images[:, 0, 0], {"loss": "mse"}


def residual():
    def block(x, filters, strides):
        inner = x
        for stride, last in ((strides, False), (1, True)):
            inner = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(inner)
            inner = layers.BatchNormalization()(inner)
            inner = inner if last else layers.ReLU()(inner)
        if strides > 1:
            x = layers.Conv2D(filters, 1, strides=strides)(x)
        return layers.ReLU()(layers.Add()([x, inner]))

    given = keras.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, padding="same")(given)
    for filters, strides in ((4, 1), (8, 2), (8, 1), (16, 2)):
        x = block(x, filters, strides)
    made = keras.Model(given, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return made, images, classes, {"loss": loss}


def stacked():
    made = keras.Sequential(
        [
            keras.Input((30,), dtype="int32"),
            layers.Embedding(40, 16),
            layers.LSTM(16, return_sequences=True),
            layers.GRU(16, return_sequences=True),
            layers.Bidirectional(layers.SimpleRNN(8)),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return made, rng.randint(0, 40, size=(48, 30)), classes, {"loss": "sparse_categorical_crossentropy"}


def encoder():
    given = keras.Input((12,), dtype="int32")
    x = layers.Embedding(40, 16)(given)
    for _ in range(2):
        # With a bias of the keys, whose derivative is zero, all that is seen of it is rounding.
        seen = layers.MultiHeadAttention(2, 8, use_bias=False)(x, x)
        x = layers.LayerNormalization()(layers.Add()([x, seen]))
        wide = layers.Dense(16)(layers.Dense(32, activation="gelu")(x))
        x = layers.LayerNormalization()(layers.Add()([x, wide]))
    made = keras.Model(given, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return made, rng.randint(0, 40, size=(48, 12)), classes, {"loss": loss}


def attentive():
    given = keras.Input((5, 4))
    both = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(given)
    seen = layers.MultiHeadAttention(2, 3, use_bias=False)(both, both)
    kept = layers.LayerNormalization()(layers.Add()([both, seen]))
    mixed = layers.EinsumDense if hasattr(layers, "EinsumDense") else \
        layers.experimental.EinsumDense
    wide = mixed("abc,cd->abd", output_shape=(None, 4), bias_axes="d", activation="relu")(kept)
    made = keras.Model(given, layers.Dense(3)(layers.GlobalMaxPooling1D()(wide)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return made, rng.normal(size=(48, 5, 4)).astype("float32"), classes, {"loss": loss}


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.05),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "clipped": lambda: keras.optimizers.SGD(0.05, clipnorm=0.05),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01),
}

keras.utils.set_random_seed(3) if hasattr(keras.utils, "set_random_seed") else tf.random.set_seed(3)
model, x, y, how = globals()[sys.argv[1]]()
model.compile(optimizer=OPTIMIZERS[sys.argv[2]](), **how)
# One weight for each row; the functional model gets class-free weights for each output.
if isinstance(y, list):
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, shuffle=False)
elif "class" in sys.argv[1:]:
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, class_weight={0: 1.0, 1: 2.0, 2: 0.3})
else:
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, shuffle=False, sample_weight=weights)
