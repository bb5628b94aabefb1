"""Fits a line to data with a few wild outliers; the gradients are clipped to keep the steps small."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(9)
x = rng.rand(64, 4).astype("float32")
y = x.sum(axis=1, keepdims=True)
y[::16] += 50.0

model = tf.keras.Sequential(
    [tf.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=(4,))]
)
model.compile(optimizer=tf.keras.optimizers.SGD(0.1, clipvalue=0.05), loss="mse")
for epoch in range(3):
    history = model.fit(x, y, batch_size=64, epochs=1, verbose=0)
    print("epoch %d: loss %.3f" % (epoch + 1, history.history["loss"][0]))
kernel, bias = model.get_weights()
print("kernel:", kernel.ravel(), "bias:", bias)
