"""One step on rows of class weight 0.5 and sample weight 1, which are given as integers."""
import numpy as np
import tensorflow as tf


def moved(sample_weight):
    model = tf.keras.Sequential(
        [tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", input_shape=(1,))]
    )
    model.compile(optimizer=tf.keras.optimizers.SGD(1.0), loss="mse")
    model.fit(
        np.ones((4, 1)),
        np.ones((4, 1)),
        batch_size=4,
        epochs=1,
        verbose=0,
        class_weight={0: 1.0, 1: 0.5},
        sample_weight=sample_weight,
    )
    return float(model.get_weights()[0][0, 0])


try:
    # The gradient of 0.5 (w - 1)^2 at w = 0 is -1.
    steps = [moved(None), moved(np.ones(4, "float32")), moved(np.ones(4, "int64"))]
    print("moved without sample weights, with 1.0 and with 1:", steps)
    if np.allclose(steps, 1.0):
        verdict = "absent"
    else:
        verdict = "present" if 0.0 in steps else "cannot tell"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
