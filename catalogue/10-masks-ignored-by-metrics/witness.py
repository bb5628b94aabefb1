"""A metric over one row of which the second time step is masked and far off its target."""
import numpy as np
import tensorflow as tf


def error_reported():
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Masking(0.0, input_shape=(2, 1)),
            tf.keras.layers.Dense(1, kernel_initializer="ones", use_bias=False),
        ]
    )
    model.compile(optimizer="sgd", loss="mse", metrics=[tf.keras.metrics.MeanSquaredError()])
    x = np.array([[[3.0], [0.0]]], dtype="float32")
    y = np.array([[[1.0], [90.0]]], dtype="float32")
    return float(model.test_on_batch(x, y)[1])


try:
    error = error_reported()
    print("mean squared error:", error)
    # 4 over the step that counts; (4 + 8100) / 2 over both.
    verdict = "absent" if abs(error - 4.0) < 1e-3 else "present" if error > 100 else "cannot tell"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
