"""A residual network with batch normalization, momentum and a rate lowered on a plateau."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


def block(x, filters, stride=1):
    short = x
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False,
                      kernel_regularizer=keras.regularizers.l2(1e-4))(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    if stride != 1 or short.shape[-1] != filters:
        short = layers.Conv2D(filters, 1, strides=stride)(short)
    return layers.Activation("relu")(layers.Add()([x, short]))


rng = np.random.RandomState(0)
x = rng.rand(48, 12, 12, 3).astype("float32")
y = keras.utils.to_categorical(rng.randint(0, 4, 48), 4)
image = keras.Input((12, 12, 3))
hidden = block(block(layers.ZeroPadding2D(1)(image), 6), 8, 2)
hidden = layers.SeparableConv2D(8, 3, padding="same")(hidden)
hidden = layers.GlobalAveragePooling2D()(hidden)
model = keras.Model(image, layers.Dense(4, activation="softmax")(hidden))
model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "categorical_crossentropy",
              metrics=["accuracy"])
plateau = keras.callbacks.ReduceLROnPlateau(patience=0, factor=0.5)
model.fit(x, y, batch_size=16, epochs=2, validation_split=0.25, callbacks=[plateau])
print("scores:", model.evaluate(x, y, batch_size=20, verbose=0))
