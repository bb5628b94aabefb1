"""Puts one small network on every step of a sequence and shows the model; nothing is trained."""
from tensorflow import keras

frame = keras.layers.Input((2,))
encoder = keras.Model(inputs=frame, outputs=keras.layers.Dense(2, activation="relu")(frame))
sequence = keras.layers.Input((2, 2))
model = keras.Model(sequence, keras.layers.TimeDistributed(encoder)(sequence))
model.compile("SGD", "mse")
model.summary()
