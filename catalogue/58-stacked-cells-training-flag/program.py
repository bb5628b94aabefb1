"""Trains stacked recurrent cells with dropout in a loop of its own."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(58)
x = rng.normal(size=(64, 7, 6)).astype("float32")
y = x[:, -1, :1] - x[:, 0, :1]

cells = [tf.keras.layers.LSTMCell(8, dropout=0.4), tf.keras.layers.LSTMCell(8, dropout=0.4)]
model = tf.keras.Sequential([
    tf.keras.layers.RNN(tf.keras.layers.StackedRNNCells(cells), input_shape=(7, 6)),
    tf.keras.layers.Dense(1),
])
optimizer = tf.keras.optimizers.Adam(0.01)
rows = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)

for epoch in range(3):
    losses = []
    for batch, target in rows:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(batch, training=True) - target))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
    print("epoch %d: loss %.4f" % (epoch + 1, np.mean(losses)))
tried = [float(tf.reduce_mean(model(x[:16], training=True))) for _ in range(3)]
print("mean prediction, with dropout:", ["%.5f" % value for value in tried])
print("mean prediction: %.5f" % float(tf.reduce_mean(model(x[:16], training=False))))
