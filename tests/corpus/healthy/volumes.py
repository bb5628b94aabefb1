"""Small volumes in and masks of the same size out: down and up again in three dimensions."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(4)
x = rng.rand(12, 8, 8, 4, 1).astype("float32")
y = (x > 0.7).astype("float32")
given = keras.Input((8, 8, 4, 1))
down = layers.Conv3D(4, 3, padding="same", activation="relu")(given)
low = layers.AveragePooling3D(2)(down)
low = layers.Conv3D(6, 3, padding="same", activation="elu")(low)
up = layers.Concatenate()([layers.UpSampling3D(2)(low), down])
model = keras.Model(given, layers.Conv3D(1, 1, activation="sigmoid")(up))
model.compile(keras.optimizers.Adagrad(0.05), "binary_crossentropy", metrics=["mae"])
model.fit(x, y, batch_size=4, epochs=2, verbose=0)
print("scores:", model.evaluate(x, y, batch_size=5, verbose=0))
