"""Recurrent layers that keep their states until they are reset."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(11)
x = rng.normal(size=(8, 5, 3)).astype("float32")
inputs = keras.Input(batch_shape=(8, 5, 3))
hidden = layers.Bidirectional(layers.LSTM(4, stateful=True, return_sequences=True))(inputs)
model = keras.Model(inputs, layers.Dense(1)(layers.GRU(3, stateful=True)(hidden)))
model.compile("sgd", "mse")
for _ in range(2):
    model.fit(x, x[:, 0, :1], epochs=1, batch_size=8, shuffle=False, verbose=0)
    if hasattr(model, "reset_states"):
        model.reset_states()
    else:
        for layer in model.layers:
            if hasattr(layer, "reset_states"):
                layer.reset_states()
print(model.predict(x, batch_size=8, verbose=0).shape)
