"""On a GPU: the gradient of a depthwise filter in half precision against single precision."""
import time

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def seconds(dtype):
    """The fastest of ten gradients of a depthwise convolution's filter."""
    with tf.Graph().as_default():
        x = v1.get_variable("x", initializer=np.ones((32, 64, 64, 64), dtype), use_resource=False)
        f = v1.get_variable("f", initializer=np.ones((3, 3, 64, 1), dtype), use_resource=False)
        y = tf.nn.depthwise_conv2d(x, f, [1, 1, 1, 1], "SAME")
        gradient = tf.gradients(y, f)[0]
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            times = []
            for _ in range(10):
                start = time.time()
                session.run(gradient.op)
                times.append(time.time() - start)
    return min(times)


try:
    if not tf.test.is_gpu_available():
        print("no GPU: on the CPU half precision is slow in every release")
        verdict = "cannot tell"
    else:
        single, half = seconds("float32"), seconds("float16")
        print("single %.5f s, half %.5f s" % (single, half))
        verdict = "present" if half > 5 * single else "absent" if half < 2 * single else "cannot tell"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
