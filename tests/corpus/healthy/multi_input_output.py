"""Two inputs, two outputs, two losses with weights."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(8)
image, numbers = rng.rand(200, 8, 8, 1).astype("float32"), rng.rand(200, 3).astype("float32")
price = numbers.sum(axis=1, keepdims=True)
kind = rng.randint(0, 3, size=(200,))

first = keras.Input(shape=(8, 8, 1), name="image")
second = keras.Input(shape=(3,), name="numbers")
hidden = keras.layers.Concatenate()(
    [keras.layers.Flatten()(keras.layers.Conv2D(2, 3, activation="relu")(first)), second]
)
outputs = [
    keras.layers.Dense(1, name="price")(hidden),
    keras.layers.Dense(3, activation="softmax", name="kind")(hidden),
]
model = keras.Model([first, second], outputs)
model.compile(
    optimizer="adam",
    loss=["mse", "sparse_categorical_crossentropy"],
    loss_weights=[1.0, 0.3],
)
model.fit([image, numbers], [price, kind], epochs=2, batch_size=40, verbose=2)
print("scores:", model.evaluate([image, numbers], [price, kind], batch_size=40, verbose=0))
