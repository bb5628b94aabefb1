"""Builds an image classifier and looks up the names of its input and output for the export."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_eager_execution()

model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 3), name="features"),
    tf.keras.layers.GlobalAveragePooling2D(name="mean"),
    tf.keras.layers.Dense(3, activation="sigmoid", name="shots"),
])
model.summary()
print("input:", model.input.op.name)
print("output:", model.output.op.name)

rng = np.random.RandomState(61)
model.compile("sgd", "binary_crossentropy")
model.fit(rng.rand(16, 12, 12, 3).astype("float32"),
          rng.randint(0, 2, size=(16, 3)).astype("float32"), epochs=2, verbose=2)
