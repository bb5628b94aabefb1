"""A generator and a discriminator with a train_step of their own and two optimizers."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


class Adversarial(keras.Model):
    def __init__(self, generator, discriminator, latent):
        super().__init__()
        self.generator, self.discriminator, self.latent = generator, discriminator, latent

    def compile(self, first, second, judge):
        super().compile()
        self.first, self.second, self.judge = first, second, judge

    def call(self, noise):
        return self.generator(noise)

    def train_step(self, real):
        real = real[0] if isinstance(real, tuple) else real
        rows = tf.shape(real)[0]
        fake = self.generator(tf.random.normal((rows, self.latent)))
        labels = tf.concat([tf.ones((rows, 1)), tf.zeros((rows, 1))], 0)
        with tf.GradientTape() as tape:
            found = self.judge(labels, self.discriminator(tf.concat([fake, real], 0)))
        weights = self.discriminator.trainable_weights
        self.first.apply_gradients(zip(tape.gradient(found, weights), weights))
        with tf.GradientTape() as tape:
            fake = self.generator(tf.random.normal((rows, self.latent)))
            missed = self.judge(tf.zeros((rows, 1)), self.discriminator(fake))
        weights = self.generator.trainable_weights
        self.second.apply_gradients(zip(tape.gradient(missed, weights), weights))
        return {"found": found, "missed": missed}


def network(inputs, outputs, activation):
    return keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(8), keras.layers.LeakyReLU(),
                             keras.layers.Dense(outputs, activation=activation)])


model = Adversarial(network(3, 5, "tanh"), network(5, 1, None), 3)
model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3),
              keras.losses.BinaryCrossentropy(from_logits=True))
x = np.random.RandomState(0).rand(96, 5).astype("float32")
model.fit(tf.data.Dataset.from_tensor_slices(x).batch(32), epochs=3, verbose=2)
print("made:", model.generator(np.zeros((2, 3), "float32")).numpy().shape)
