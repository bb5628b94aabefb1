"""One training step with gradients far above `clipvalue` and `clipnorm`: how far do the weights go?"""
import numpy as np
import tensorflow as tf


def moved(**clip):
    model = tf.keras.Sequential(
        [tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", input_shape=(1,))]
    )
    model.compile(optimizer=tf.keras.optimizers.SGD(1.0, **clip), loss="mse")
    # The gradient of (w - 100)^2 at w = 0 is -200.
    model.fit(np.ones((4, 1)), np.full((4, 1), 100.0), batch_size=4, epochs=1, verbose=0)
    return float(model.get_weights()[0][0, 0])


try:
    steps = [moved(clipvalue=0.5), moved(clipnorm=0.5)]
    print("moved with clipvalue=0.5 and with clipnorm=0.5:", steps)
    verdict = "absent" if np.allclose(steps, 0.5, rtol=1e-3) else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
