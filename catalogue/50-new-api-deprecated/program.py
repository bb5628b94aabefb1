"""Predicts from a table of passengers who survived: mixed columns read from a CSV file."""
import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(50)
path = os.path.join(tempfile.mkdtemp(), "passengers.csv")
with open(path, "w") as table:
    table.write("survived,sex,class,age,fare\n")
    for _ in range(200):
        sex, travel_class = rng.choice(["male", "female"]), rng.choice(["First", "Second", "Third"])
        survived = int(rng.rand() < (0.7 if sex == "female" else 0.3))
        table.write("%d,%s,%s,%.1f,%.2f\n"
                    % (survived, sex, travel_class, 80 * rng.rand(), 100 * rng.rand()))

passengers = tf.data.experimental.make_csv_dataset(
    path, batch_size=20, label_name="survived", na_value="?", num_epochs=1, ignore_errors=True)


def category(name, values):
    column = tf.feature_column.categorical_column_with_vocabulary_list(name, values)
    return tf.feature_column.indicator_column(column)


columns = [
    category("sex", ["male", "female"]),
    category("class", ["First", "Second", "Third"]),
    tf.feature_column.numeric_column("age", normalizer_fn=lambda age: age / 40),
    tf.feature_column.numeric_column("fare", normalizer_fn=lambda fare: fare / 50),
]
model = tf.keras.Sequential([
    tf.keras.layers.DenseFeatures(columns),
    tf.keras.layers.Dense(16, activation="relu"),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(passengers.shuffle(10), epochs=2, verbose=2)
