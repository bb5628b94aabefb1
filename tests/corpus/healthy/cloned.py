"""A clone with the weights of the original gives its predictions."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(24)
x = rng.rand(50, 6).astype("float32")
inputs = keras.Input(shape=(6,))
hidden = keras.layers.Dense(5, activation="elu")(inputs)
model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Reshape((5,))(hidden)))
model.compile(optimizer="adam", loss="mse")
model.fit(x, x[:, :2], epochs=2, batch_size=10, verbose=0)
twin = keras.models.clone_model(model)
twin.set_weights(model.get_weights())
twin.compile(optimizer="adam", loss="mse")
print("losses:", model.evaluate(x, x[:, :2], verbose=0), twin.evaluate(x, x[:, :2], verbose=0))
