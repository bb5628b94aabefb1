"""A classifier that gives its hidden features as a second output; only the scores have a loss."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(34)
x = rng.rand(256, 12).astype("float32")
y = x[:, :4].argmax(axis=1)

tf.random.set_seed(34)
inputs = tf.keras.Input(shape=(12,), name="digits")
features = tf.keras.layers.Dense(16, activation="relu", name="features")(inputs)
scores = tf.keras.layers.Dense(4, activation="softmax", name="predictions")(features)
model = tf.keras.Model(inputs, [features, scores])
model.compile(
    optimizer=tf.keras.optimizers.Adam(0.02),
    loss={"predictions": tf.keras.losses.SparseCategoricalCrossentropy()},
    metrics={"predictions": [tf.keras.metrics.SparseCategoricalAccuracy(name="accuracy")]},
)
data = tf.data.Dataset.from_tensor_slices((x, {"predictions": y})).batch(32)
model.fit(data, epochs=5, verbose=2)
