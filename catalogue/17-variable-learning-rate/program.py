"""Minimises a square with Adam; the learning rate is a variable that is lowered on the way."""
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

rate = tf.Variable(0.1, trainable=False)
point = tf.Variable(1.0)
optimizer = tf.keras.optimizers.Adam(learning_rate=rate)


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        loss = point ** 2
    gradients = tape.gradient(loss, [point])
    optimizer.apply_gradients(zip(gradients, [point]))


train_step()
print("learning rate %.3f: point %.5f" % (rate.numpy(), point.numpy()))
rate.assign(0.0)
for _ in range(5):
    train_step()
    print("learning rate %.3f: point %.5f" % (rate.numpy(), point.numpy()))
