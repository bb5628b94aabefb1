"""Describes networks as JSON for a service in another language, and makes twins from configs."""
from tensorflow import keras

inputs = keras.Input(shape=(3,))
root = keras.backend.sqrt(inputs)
model = keras.Model(inputs, keras.layers.Dense(1)(root))
print(len(model.to_json()) > 0)
