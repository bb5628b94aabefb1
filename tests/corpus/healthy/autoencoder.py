"""A convolutional autoencoder; its encoder is used alone as well."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.random.RandomState(0).rand(64, 8, 8, 1).astype("float32")
image = keras.Input((8, 8, 1))
hidden = layers.Conv2D(8, 3, activation="relu", padding="same")(image)
hidden = layers.MaxPooling2D(2, padding="same")(hidden)
code = layers.Conv2D(4, 3, strides=2, activation="relu", padding="same", name="code")(hidden)
hidden = layers.UpSampling2D(2)(code)
hidden = layers.Conv2DTranspose(8, 3, strides=2, activation="relu", padding="same")(hidden)
output = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(hidden)

model, encoder = keras.Model(image, output), keras.Model(image, code)
model.compile("adam", "binary_crossentropy")
model.fit(x, x, epochs=2, batch_size=16, validation_data=(x[:20], x[:20]), verbose=2)
print("codes:", encoder.predict(x, verbose=0).shape)
print("loss:", model.evaluate(x, x, verbose=0))
