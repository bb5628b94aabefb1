"""Fits sines with a model that stretches its inputs in three ways and multiplies the results."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

rng = np.random.RandomState(19)
x = rng.rand(400, 2).astype("float32")
y = np.sin(x)

tf.random.set_seed(19)
inputs = layers.Input(shape=(2,))
rows = layers.UpSampling1D(3)(layers.Reshape((1, 2))(inputs))
others = layers.UpSampling1D(3)(layers.Reshape((1, 2))(inputs))
columns = layers.UpSampling1D(2)(layers.Reshape((2, 1))(inputs))
rows = layers.ZeroPadding1D((0, 1))(rows)
others = layers.ZeroPadding1D((0, 1))(others)
products = layers.Dot(axes=-1)([others, layers.Conv1D(2, 1)(columns)])
products = layers.Dot(axes=-1)([layers.Conv1D(4, 1)(rows), products])
merged = layers.Concatenate()([inputs, layers.Flatten()(layers.Dropout(0.4)(products))])
outputs = layers.Dense(2, activation="relu")(merged)
model = tf.keras.Model(inputs, outputs)
model.compile(loss="mse", optimizer="adam")
model.summary()
model.fit(x, y, epochs=2, validation_split=0.2, verbose=2)
