"""How does the time to start a pipeline grow with the number of actions it chooses from?"""
import time

import numpy as np
import tensorflow as tf


def seconds(choices):
    """Processor time of three passes over four images, after the pipeline was traced."""

    def choose(image):
        drawn = tf.random.uniform([], 0, choices, dtype=tf.int32)
        return tf.case(
            [
                (tf.equal(drawn, k), lambda: tf.image.random_flip_left_right(image))
                for k in range(choices)
            ]
        )

    data = tf.data.Dataset.from_tensor_slices(np.ones((4, 8, 8, 3), "float32")).map(choose)
    start = time.process_time()
    for _ in range(3):
        for _image in data:
            pass
    return time.process_time() - start


try:
    seconds(2)
    few, many = seconds(5), seconds(11)
    print("5 actions: %.2f s; 11 actions: %.2f s" % (few, many))
    # Twice the choices are about twice the work, not four and twenty times as much.
    verdict = "present" if many > 10.0 * few else "absent" if many < 6.0 * few else "cannot tell"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
