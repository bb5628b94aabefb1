"""A stateful recurrent network whose states are reset between passes."""
import numpy as np
from tensorflow import keras

from support.digest import seed, write_digest

seed(6)
series = np.sin(np.arange(0, 60, 0.1)).astype("float32")
x = series[:480].reshape(4, 12, 10, 1).transpose(1, 0, 2, 3).reshape(48, 10, 1)
y = x[:, -1, :] * 0.5

layer = keras.layers.SimpleRNN(6, stateful=True)
inputs = keras.Input(batch_shape=(4, 10, 1))
model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
model.compile(optimizer="sgd", loss="mse")
logs = []
for _ in range(3):
    history = model.fit(x, y, batch_size=4, epochs=1, shuffle=False, verbose=0)
    logs.append(history.history["loss"])
    layer.reset_states() if hasattr(layer, "reset_states") else layer.reset_state()
print("losses:", logs)
write_digest(model.get_weights(), logs)
