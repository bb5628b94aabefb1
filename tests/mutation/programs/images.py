"""Layers of many shapes, each at the end of a model."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(7)
x = rng.rand(8, 12, 10, 3).astype("float32")
inputs = keras.Input((12, 10, 3), name="pixels")
rows = layers.Reshape((120, 3), name="rows")(inputs)
flat = layers.GlobalAveragePooling2D(name="global")(inputs)
ends = [
    layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(inputs),
    layers.MaxPooling2D(2, name="pool")(inputs),
    layers.SeparableConv2D(5, 3, name="separable")(inputs),
    layers.UpSampling2D(2, name="up")(inputs),
    layers.ZeroPadding2D(1, name="pad")(inputs),
    layers.Conv2DTranspose(3, 2, strides=2, name="back")(inputs),
    layers.Cropping2D(2, name="crop")(inputs),
    layers.Conv1D(4, 3, strides=2, name="line")(rows),
    layers.AveragePooling1D(2, name="mean")(rows),
    layers.Permute((2, 1), name="turned")(rows),
    layers.Flatten(name="flat")(rows),
    layers.RepeatVector(4, name="again")(flat),
    layers.Dense(2, name="last")(flat),
    layers.concatenate([rows, rows], name="joined"),
]
for end in ends:
    model = keras.Model(inputs, end)
    print(model.predict(x, batch_size=4, verbose=0).shape)
small = keras.Sequential([
    keras.Input((12, 10, 3)), layers.Conv2D(4, 3, padding="same", name="conv"),
    layers.MaxPooling2D(2, name="pool"), layers.Flatten(name="flat"),
    layers.RepeatVector(3, name="again"), layers.Dense(2, name="last")])
small.compile("sgd", "mse")
small.summary()
