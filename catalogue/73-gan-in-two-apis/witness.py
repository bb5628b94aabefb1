"""Do the steps of the generative network's own loop follow from its losses and Adam's definition?"""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_eager_execution()
rng = np.random.RandomState(1)
RATE, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7
model = tf.keras.Sequential([tf.keras.layers.Dense(1, activation="sigmoid", input_dim=2)])
optimizer = tf.keras.optimizers.Adam(learning_rate=RATE)
kernel, bias = [np.asarray(w, "float64") for w in model.get_weights()]
moments = [[np.zeros_like(w), np.zeros_like(w)] for w in (kernel, bias)]
worst = 0.0
for step in range(1, 31):
    real, fake = rng.normal(size=(2, 8, 2)).astype("float32")
    with tf.GradientTape() as tape:
        loss = (tf.reduce_mean(-tf.math.log(model(real)))
                + tf.reduce_mean(-tf.math.log(1 - model(fake))))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables),
                                  model.trainable_variables))
    slopes = [np.mean(1 / (1 + np.exp(-(real @ kernel + bias))) * real - real, axis=0)
              + np.mean(1 / (1 + np.exp(-(fake @ kernel + bias))) * fake, axis=0),
              np.mean(1 / (1 + np.exp(-(real @ kernel + bias))) - 1)
              + np.mean(1 / (1 + np.exp(-(fake @ kernel + bias))))]
    for weight, slope, moment in zip((kernel, bias), slopes, moments):
        slope = np.reshape(slope, weight.shape)
        moment[0] = BETA_1 * moment[0] + (1 - BETA_1) * slope
        moment[1] = BETA_2 * moment[1] + (1 - BETA_2) * slope ** 2
        rate = RATE * np.sqrt(1 - BETA_2 ** step) / (1 - BETA_1 ** step)
        weight -= rate * moment[0] / (np.sqrt(moment[1]) + EPSILON)
    worst = max([worst] + [float(np.max(np.abs(a - b)))
                           for a, b in zip(model.get_weights(), (kernel, bias))])
print("largest distance from the weights by definition: %.2e" % worst)
print("witness:", "absent" if worst < 1e-5 else "present")
