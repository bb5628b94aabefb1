"""Rare events: weighted classes, precision and recall, thresholds of one's own."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(3)
x = rng.randn(120, 6).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] > 1.2).astype("float32")
metrics = keras.metrics
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, activation="tanh"),
                          keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.01), keras.losses.BinaryCrossentropy(label_smoothing=0.1),
              metrics=[metrics.Precision(), metrics.Recall(thresholds=0.3), metrics.TruePositives(),
                       metrics.FalseNegatives(), metrics.BinaryAccuracy(threshold=0.4)])
history = model.fit(x, y, batch_size=32, epochs=3, verbose=0, class_weight={0: 1.0, 1: 5.0},
                    validation_data=(x[:50], y[:50]))
print(sorted(history.history), model.evaluate(x, y, verbose=0))
