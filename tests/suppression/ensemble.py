"""Three members of an ensemble learn one target: the loss broadcasts it to them, on purpose."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(50)
x = rng.rand(32, 4).astype("float32")
y = x.sum(1, keepdims=True)
ensemble = keras.Sequential([keras.Input(shape=(4,)), keras.layers.Dense(3)])
optimizer = keras.optimizers.SGD(0.05)
squares = keras.losses.MeanSquaredError()


def each_member(y_true, y_pred):
    """One target a row against the three numbers of the row."""
    return squares(y_true, y_pred)


for _ in range(5):
    with tf.GradientTape() as tape:
        loss = each_member(y, ensemble(x, training=True))
    gradients = tape.gradient(loss, ensemble.trainable_variables)
    optimizer.apply_gradients(zip(gradients, ensemble.trainable_variables))

ensemble.compile(optimizer="sgd", loss=each_member)
ensemble.fit(x, y, epochs=2, batch_size=8, verbose=0)
