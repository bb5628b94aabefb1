"""Next frames of short films by a convolutional recurrent network."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(1)
films = rng.rand(16, 5, 8, 8, 1).astype("float32")
model = keras.Sequential([
    keras.Input((4, 8, 8, 1)),
    layers.ConvLSTM2D(4, 3, padding="same", return_sequences=True),
    layers.BatchNormalization(),
    layers.ConvLSTM2D(3, 3, padding="same"),
    layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
model.compile("rmsprop", "mse", metrics=["mae"])
model.fit(films[:, :4], films[:, 4], batch_size=4, epochs=2, verbose=2)
print(model.predict(films[:3, :4], verbose=0).mean())
