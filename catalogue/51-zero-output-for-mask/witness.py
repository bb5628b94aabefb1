"""Does zero_output_for_mask change what the steps after the end of a sequence give?"""
import numpy as np
import tensorflow as tf

words = np.ones((2, 5), dtype="int32")
words[1, 3:] = 0
verdicts = set()
for cls in (tf.keras.layers.GRU, tf.keras.layers.LSTM):
    zeroed = []
    for asked in (False, True):
        model = tf.keras.Sequential([
            tf.keras.layers.Embedding(16, 5, mask_zero=True),
            cls(5, return_sequences=True, zero_output_for_mask=asked),
        ])
        out = np.asarray(model(tf.constant(words)))[1]
        zeroed.append(bool(np.all(out[3:] == 0)))
    print(cls.__name__, "zeros without and with the argument:", zeroed)
    verdicts.add({(False, True): "absent", (True, False): "cannot tell"}.get(tuple(zeroed), "present"))
print("witness:", verdicts.pop() if len(verdicts) == 1 else "cannot tell")
