"""A small generative network learns points of a parabola, in a training loop of its own."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_eager_execution()
LATENT, BATCH = 5, 64
rng = np.random.RandomState(73)

generator = tf.keras.Sequential([
    tf.keras.layers.Dense(15, activation="relu", input_dim=LATENT),
    tf.keras.layers.Dense(2),
])
discriminator = tf.keras.Sequential([
    tf.keras.layers.Dense(25, activation="relu", input_dim=2),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
generator_optimizer = tf.keras.optimizers.Adam(learning_rate=0.001)
discriminator_optimizer = tf.keras.optimizers.Adam(learning_rate=0.001)


def real_points():
    x = rng.rand(BATCH, 1) - 0.5
    return np.hstack([x, x * x]).astype("float32")


for step in range(1, 301):
    noise = rng.normal(size=(BATCH, LATENT)).astype("float32")
    with tf.GradientTape() as first, tf.GradientTape() as second:
        made = generator(noise, training=True)
        real, fake = discriminator(real_points(), training=True), discriminator(made, training=True)
        generator_loss = tf.reduce_mean(tf.math.log(1 - fake))
        discriminator_loss = tf.reduce_mean(-tf.math.log(real)) + tf.reduce_mean(-tf.math.log(1 - fake))
    gradients = first.gradient(generator_loss, generator.trainable_variables)
    generator_optimizer.apply_gradients(zip(gradients, generator.trainable_variables))
    gradients = second.gradient(discriminator_loss, discriminator.trainable_variables)
    discriminator_optimizer.apply_gradients(zip(gradients, discriminator.trainable_variables))
    if step % 100 == 0:
        distance = float(tf.reduce_mean(tf.abs(made[:, 1] - made[:, 0] ** 2)))
        print("step %d: mean distance from the curve %.3f" % (step, distance))
