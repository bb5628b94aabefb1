"""A small convolutional network with batch normalization and pooling."""
import numpy as np
from tensorflow import keras

from support.digest import seed, write_digest

seed(19)
rng = np.random.RandomState(19)
x = rng.rand(96, 12, 12, 1).astype("float32")
y = (x.mean(axis=(1, 2, 3)) > 0.5).astype("int32")

model = keras.Sequential(
    [
        keras.Input(shape=(12, 12, 1)),
        keras.layers.Conv2D(4, 3, padding="same", use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.DepthwiseConv2D(3),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=2, batch_size=24, verbose=2)
scores = model.evaluate(x, y, batch_size=40, verbose=0)
print("scores:", scores)
write_digest(model.get_weights(), (sorted(history.history.items()), scores))
