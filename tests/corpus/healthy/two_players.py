"""A generator and a discriminator in a training step of their own, each with its optimizer."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Game(keras.Model):
    def __init__(self, makes, tells):
        super().__init__()
        self.makes, self.tells = makes, tells
        self.made_loss = keras.metrics.Mean(name="made_loss")
        self.told_loss = keras.metrics.Mean(name="told_loss")

    def compile(self, made, told):
        super().compile()
        self.made, self.told = made, told
        self.loss_of = keras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self):
        return [self.made_loss, self.told_loss]

    def train_step(self, real):
        count = tf.shape(real)[0]
        noise = tf.random.normal((count, 4))
        truth = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], 0)
        with tf.GradientTape() as tape:
            both = tf.concat([real, self.makes(noise, training=True)], 0)
            told_loss = self.loss_of(truth, self.tells(both, training=True))
        weights = self.tells.trainable_variables
        self.told.apply_gradients(zip(tape.gradient(told_loss, weights), weights))
        with tf.GradientTape() as tape:
            fake = self.tells(self.makes(noise, training=True), training=True)
            made_loss = self.loss_of(tf.ones((count, 1)), fake)
        weights = self.makes.trainable_variables
        self.made.apply_gradients(zip(tape.gradient(made_loss, weights), weights))
        self.made_loss.update_state(made_loss)
        self.told_loss.update_state(told_loss)
        return {metric.name: metric.result() for metric in self.metrics}


makes = keras.Sequential(
    [keras.Input(shape=(4,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(6)]
)
tells = keras.Sequential(
    [keras.Input(shape=(6,)), layers.Dense(8, activation="relu"), layers.Dropout(0.3),
     layers.Dense(1)]
)
game = Game(makes, tells)
game.compile(keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5))
x = np.random.RandomState(47).normal(size=(128, 6)).astype("float32")
data = tf.data.Dataset.from_tensor_slices(x).batch(32, drop_remainder=True)
history = game.fit(data, epochs=3, verbose=2)
print("logged:", sorted(history.history))
print("made:", makes.predict(np.zeros((2, 4), "float32")).shape)
