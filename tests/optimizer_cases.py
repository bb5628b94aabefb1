"""Healthy uses of optimizers that are not plain steps; a case that a release refuses is skipped."""
import numpy as np
import tensorflow as tf

keras = tf.keras
Opt, S = keras.optimizers, keras.optimizers.schedules
rng = np.random.RandomState(0)
CASES = []


def case(function):
    CASES.append(function)
    return function


def variable(*shape, **options):
    return tf.Variable(rng.normal(size=shape).astype("float32"), **options)


def steps(optimizer, variables, count=3):
    for _ in range(count):
        gradients = [tf.constant(rng.normal(size=v.shape).astype("float32")) for v in variables]
        optimizer.apply_gradients(zip(gradients, variables))


@case
def exempted_from_weight_decay():
    kernel, bias = variable(3, name="kernel"), variable(3, name="bias")
    optimizer = Opt.AdamW(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    steps(optimizer, [kernel, bias])


@case
def scaled_losses():
    optimizer, held = keras.mixed_precision.LossScaleOptimizer(Opt.SGD(0.1)), variable(3)
    steps(optimizer, [held])


@case
def constrained():
    layer = keras.layers.Dense(2, kernel_constraint=keras.constraints.MaxNorm(0.1))
    layer(np.ones((1, 3), "float32"))
    steps(Opt.Adam(0.1), layer.trainable_variables)


@case
def accumulated():
    steps(Opt.SGD(0.1, gradient_accumulation_steps=2), [variable(3)], 4)


@case
def averaged():
    steps(Opt.SGD(0.1, use_ema=True, ema_overwrite_frequency=1), [variable(3)])


@case
def some_without_gradient():
    one, other, optimizer = variable(3), variable(2), Opt.Adam(0.1)
    for _ in range(2):
        optimizer.apply_gradients([(tf.ones(3), one), (None, other)])
    steps(optimizer, [one, other])


@case
def named_twice():
    held = variable(3)
    steps(Opt.SGD(0.1), [held, held])


@case
def legacy():
    for name in ("SGD", "Adam", "RMSprop", "Nadam", "Adagrad"):
        steps(getattr(Opt.legacy, name)(0.1), [variable(3)])


@case
def minimized():
    held, optimizer = variable(3), Opt.Adam(0.1)
    for _ in range(3):
        optimizer.minimize(lambda: tf.reduce_sum(held * held), [held])


@case
def settings_changed():
    held, optimizer = variable(3), Opt.SGD(0.1, momentum=0.5)
    steps(optimizer, [held])
    optimizer.learning_rate = 0.01
    optimizer.momentum = 0.9
    steps(optimizer, [held])
    optimizer.iterations.assign(100)
    steps(optimizer, [held])


@case
def sparse_gradients():
    held = variable(5, 2)
    for optimizer in (Opt.Adam(0.1), Opt.SGD(0.1, momentum=0.9), Opt.RMSprop(0.1)):
        for _ in range(3):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.gather(held, [0, 2, 0]) ** 2)
            optimizer.apply_gradients([(tape.gradient(loss, held), held)])


@case
def own_class():
    class Doubled(Opt.SGD):
        def apply_gradients(self, pairs, **options):
            return super().apply_gradients([(g * 2, v) for g, v in pairs], **options)

    steps(Doubled(0.1), [variable(3)])


@case
def own_schedule():
    class Rising(S.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 * tf.cast(step, "float32")

        def get_config(self):
            return {}

    steps(Opt.SGD(Rising()), [variable(3)])


@case
def transformed():
    def double(pairs):
        return [(g * 2, v) for g, v in pairs]

    steps(Opt.SGD(0.1, gradient_transformers=[double]), [variable(3)])


@case
def extreme_gradients():
    for optimizer in (Opt.Adam(0.1), Opt.RMSprop(0.1, centered=True), Opt.Nadam(0.1), Opt.Adagrad(0.1)):
        held = variable(4)
        for value in (float("nan"), 1e10, 1e-25, 1e-12):
            optimizer.apply_gradients([(tf.constant([1e-30, value, 0.0, 1.0]), held)])
        held = variable(4)
        for _ in range(3):
            optimizer.apply_gradients([(tf.constant([1e-30, -1e-12, 0.0, 1e10]), held)])


@case
def two_in_one_function():
    one, other, first, second = variable(3), variable(3), Opt.Adam(0.1), Opt.RMSprop(0.1)

    @tf.function
    def step():
        with tf.GradientTape(persistent=True) as tape:
            loss, square = tf.reduce_sum(one * other), tf.reduce_sum(one * one * other)
        first.apply_gradients([(tape.gradient(loss, one), one)])
        second.apply_gradients([(tape.gradient(square, other), other)])

    for _ in range(4):
        step()


@case
def written_besides():
    held, optimizer = variable(3), Opt.Adam(0.1)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(held * held)
        optimizer.apply_gradients([(tape.gradient(loss, held), held)])
        held.assign(tf.clip_by_value(held, -0.1, 0.1))

    for _ in range(4):
        step()


@case
def long_schedules():
    for schedule in (S.ExponentialDecay(0.1, 1000, 0.9, staircase=True),
                     S.PolynomialDecay(0.1, 100, 0.01, power=0.5),
                     S.PolynomialDecay(0.1, 30, 0.01, cycle=True)):
        optimizer, held = Opt.SGD(schedule), variable(3)
        steps(optimizer, [held], 1)
        for at in (29, 30, 31, 60, 99, 100, 101, 999, 1000, 5000):
            optimizer.iterations.assign(at)
            steps(optimizer, [held], 1)


class Fitted(keras.Model):
    def __init__(self, shrinks):
        super().__init__()
        self.dense, self.shrinks = keras.layers.Dense(1), shrinks

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(data[0]) - data[1]) ** 2)
        held = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, held), held))
        for weight in held if self.shrinks else ():
            weight.assign(weight * 0.5)
        return {"loss": loss}


@case
def own_train_steps():
    x = rng.normal(size=(40, 3)).astype("float32")
    for shrinks in (False, True):
        model = Fitted(shrinks)
        model.compile("adam")
        model.fit(x, x[:, :1], batch_size=10, verbose=0)


done = 0
for one_case in CASES:
    try:
        one_case()
        done += 1
    except (AttributeError, TypeError, ValueError, ImportError, KeyError) as error:
        print("refused", one_case.__name__, type(error).__name__)
print("done", done)
