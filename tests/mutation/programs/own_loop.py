"""Losses, metrics and layers called by the program itself."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(12)
x = rng.normal(size=(64, 4)).astype("float32")
y = (x[:, :1] > 0).astype("float32")
model = keras.Sequential([keras.Input((4,)), layers.Dense(6, activation="relu"), layers.Dropout(0.3),
                          layers.Dense(1, activation="sigmoid")])
optimizer = keras.optimizers.Adam(0.01)
loss = keras.losses.BinaryCrossentropy()
squares = keras.losses.MeanSquaredError()
right, area = keras.metrics.BinaryAccuracy(), keras.metrics.AUC(num_thresholds=50)
for start in range(0, 64, 16):
    rows, truth = x[start:start + 16], y[start:start + 16]
    with tf.GradientTape() as tape:
        out = model(rows, training=True)
        value = loss(truth, out)
    gradients = tape.gradient(value, model.trainable_variables)
    optimizer.apply_gradients(list(zip(gradients, model.trainable_variables)))
    right.update_state(truth, out)
    area.update_state(truth, out)
    print(float(value), float(squares(truth, out, sample_weight=np.ones((16, 1)) * 2)))
print(float(right.result()), float(area.result()))
right.reset_state() if hasattr(right, "reset_state") else right.reset_states()
right.update_state(y, model(x))
print(float(right.result()))
