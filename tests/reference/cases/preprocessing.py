"""Preprocessing layers: deterministic ones by value, random ones by what they must keep."""

from reference.draw import Case, cases


class Property(Case):
    rules = ("layer-property", "layer-output")


class Undeclared(Property):
    """Not compared with the declared shape: docs/findings/encoding-declared-shape.md."""

    def record(self, trace, rng):
        try:
            super().record(trace, rng)  # the shape is asked for last
        except TypeError:
            pass


def photo(d, dtype="float32", many=3, smallest=3, largest=7):
    """Images with values of 0 to 255; sometimes constant."""
    side = [d.integer(smallest, largest) for _ in range(2)]
    x = d.integers(0, 255, d.count(3, many), side[0], side[1], 3)
    if d.integer(0, 4) == 0:
        x[:] = x[:, :1, :1]
    return x.astype(dtype)


def category(d, *shape):
    return d.integers(0, 5, *shape, dtype=d.choice(["int32", "int64"]))


@cases("Rescaling")
def rescaling(d):
    scale = d.choice([1 / 255.0, 2.0, [0.1, 0.2, 0.3]])
    return Case(d.L.Rescaling(scale, offset=d.choice([0.0, -1.0, [1.0, 2.0, 3.0]])),
                photo(d, d.choice(["float32", "uint8", "int32"])))


@cases("Normalization")
def normalization(d):
    x = d.normal(d.integer(2, 4), d.integer(1, 4), d.integer(1, 4))
    axis = d.choice([-1, None, 1, (1, 2)])
    layer = d.L.Normalization(axis=axis, invert=d.boolean()) if d.keras3 or d.boolean() else \
        d.L.Normalization(axis=axis)
    layer.adapt(x + 1)
    return Case(layer, x, randomize=False)


@cases("Discretization")
def discretization(d):
    mode = d.choice(["int", "one_hot", "multi_hot", "count"])
    layer = d.L.Discretization(bin_boundaries=[-1.0, 0.0, 0.5], output_mode=mode)
    length = d.integer(1, 4) if mode != "one_hot" else 1
    return (Case if d.keras3 else Undeclared)(layer, d.normal(d.integer(1, 4), length))


@cases("CategoryEncoding")
def category_encoding(d):
    mode = d.choice(["one_hot", "multi_hot", "count"])
    n, length = d.integer(1, 4), 1 if mode == "one_hot" else d.integer(1, 4)
    x = category(d, n, length)
    kwargs = {}
    if mode == "count" and d.boolean():
        kwargs["count_weights"] = d.uniform(n, length)
    return Case(d.L.CategoryEncoding(num_tokens=6, output_mode=mode), x, kwargs=kwargs)


@cases("IntegerLookup")
def integer_lookup(d):
    mode = d.choice(["int", "one_hot", "multi_hot", "count"])
    length = 1 if mode == "one_hot" else d.integer(1, 4)
    layer = d.L.IntegerLookup(vocabulary=[7, 3, 4], output_mode=mode,
                              num_oov_indices=d.integer(1, 3), mask_token=d.choice([None, 0]))
    return Case(layer, d.integers(0, 9, d.integer(1, 4), length, dtype="int64"), randomize=False)


@cases("Hashing")
def hashing(d):
    kwargs = {"mask_value": 2} if d.boolean() else {}
    if d.boolean():
        kwargs["salt"] = d.integer(1, 99)
    return Case(d.L.Hashing(d.integer(2, 9), **kwargs),
                d.integers(0, 20, d.integer(1, 4), d.integer(1, 5), dtype="int64"))


@cases("HashedCrossing")
def hashed_crossing(d):
    n = d.count(6, 400)
    pair = [d.integers(0, d.count(3, 99), n, 1, dtype="int64") for _ in range(2)]
    return (Property if d.keras3 else Undeclared)(d.L.HashedCrossing(d.integer(2, 9)), pair)


@cases("Resizing")
def resizing(d):
    kind = d.choice(["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"])
    return Case(d.L.Resizing(d.integer(1, 9), d.integer(1, 9), interpolation=kind), photo(d))


@cases("CenterCrop")
def center_crop(d):
    return Case(d.L.CenterCrop(d.integer(1, 3), d.integer(1, 3)), photo(d))


@cases("RandomFlip")
def random_flip(d):
    mode = d.choice(["horizontal", "vertical", "horizontal_and_vertical"])
    return Property(d.L.RandomFlip(mode), photo(d, many=40), training=d.training())


@cases("RandomCrop")
def random_crop(d):
    return Property(d.L.RandomCrop(d.integer(1, 3), d.integer(1, 3)), photo(d, many=40), training=True)


@cases("RandomRotation", "RandomZoom", "RandomTranslation", "RandomShear", "RandomPerspective")
def warp(d):
    kwargs = {"interpolation": d.choice(["bilinear", "nearest"])}
    kwargs["fill_mode"] = d.choice(["reflect", "constant", "nearest", "wrap"])
    if d.name == "RandomPerspective":
        kwargs.pop("fill_mode")
    kwargs["fill_value"] = d.choice([0.0, 100.0])
    amounts = {"RandomTranslation": (0.3, 0.2), "RandomShear": ((0.0, 0.3), (0.0, 0.2))}.get(
        d.name, (0.3,))
    return Property(getattr(d.L, d.name)(*amounts, **kwargs), photo(d, many=40), training=d.training())


@cases("RandomElasticTransform")
def elastic(d):
    return Property(d.L.RandomElasticTransform(), photo(d, many=40), training=d.training())


@cases("RandomHeight", "RandomWidth")
def one_side(d):
    return Case(getattr(d.L, d.name)(0.3), photo(d, many=40), training=False)


@cases("RandomBrightness", "RandomContrast")
def amount(d):
    kwargs = {"value_range": d.choice([(0, 255), (0, 300)])} if d.keras3 else {}
    return Property(getattr(d.L, d.name)(d.choice([0.2, (0.1, 0.3)]), **kwargs), photo(d, many=40),
                    training=d.training())


@cases("RandomHue", "RandomSaturation", "RandomSharpness", "RandomColorDegeneration")
def colour(d):
    # A saturation above 0.5 leaves the range: docs/findings/saturation-out-of-range.md.
    top = 0.5 if d.name == "RandomSaturation" else 0.8
    return Property(getattr(d.L, d.name)(d.choice([0.3, (0.2, top)])), photo(d, many=40),
                    training=d.training())


@cases("RandomInvert", "RandomGrayscale", "RandomErasing")
def sometimes(d):
    kwargs = {"fill_value": 17.0} if d.name == "RandomErasing" else {}
    layer = getattr(d.L, d.name)(d.choice([0.5, 1.0]), **kwargs)
    if d.name == "RandomGrayscale":  # a rate
        return Property(layer, photo(d, many=12000, smallest=1, largest=2), training=d.training())
    return Property(layer, photo(d, many=40), training=d.training())


@cases("RandomPosterization")
def posterization(d):
    return Property(d.L.RandomPosterization(d.integer(1, 8)), photo(d, many=40), training=d.training())


@cases("RandomGaussianBlur", "RandomColorJitter", "CutMix")
def mixture(d):
    return Property(getattr(d.L, d.name)(), photo(d, many=40), training=d.training())


@cases("MixUp")
def mix_up(d):
    x = photo(d, many=128, smallest=1, largest=2)
    x = x[d.integers(0, len(x) - 1, d.count(3, 40000))]  # enough weights to tell their distribution
    return Property(d.L.MixUp(d.choice([0.2, 0.5])), x, training=d.training())


def of_few_levels(d):
    """Several pixels of a channel are equal, and so they stay under a map of its levels."""
    return photo(d, many=40) // 51 * 51


@cases("RandAugment")
def augment(d):
    layer = d.L.RandAugment(num_ops=d.choice([1, 2]), interpolation=d.choice(["bilinear", "nearest"]))
    return Property(layer, of_few_levels(d), training=d.training())


@cases("AugMix")
def aug_mix(d):
    if d.boolean():
        return Property(d.L.AugMix(), photo(d, many=40), training=d.training())
    layer = d.L.AugMix(num_chains=1, chain_depth=1, all_ops=False, interpolation="nearest")
    return Property(layer, of_few_levels(d), training=d.training())


@cases("AutoContrast")
def auto_contrast(d):
    return Case(d.L.AutoContrast(), photo(d))


@cases("Equalization", "Solarization", "ContrastLimitedAdaptiveHistogramEqualization")
def levels(d):
    x = photo(d)
    if d.name.startswith("Contrast"):  # tiles that fill the image, or reach beyond it
        x = d.integers(0, 255, len(x), *[d.choice([16, 8, 24, 20]) for _ in range(2)], 3)
        x = x.astype("float32")
    if d.name == "Equalization":
        # docs/findings: equalization-across-the-batch, equalization-not-at-inference
        return Property(d.L.Equalization(), x[:1], training=d.choice([None, True]))
    return Property(getattr(d.L, d.name)(), x, training=d.training())


@cases("Pipeline")
def pipeline(d):
    return Case(d.L.Pipeline([d.L.Rescaling(1 / 255.0), d.L.CenterCrop(2, 3)]), photo(d))


@cases("MaxNumBoundingBoxes")
def most_boxes(d):
    # Another fill_value is lost with the config: docs/findings/fill-value-not-saved.md.
    layer = d.L.MaxNumBoundingBoxes(d.integer(1, 4), bounding_box_format="xyxy")
    n, count = d.integer(1, 3), d.integer(1, 5)
    boxes = {"boxes": d.uniform(n, count, 4, hi=9.0),
             "labels": d.integers(0, 9, n, count).astype("float32")}
    return Case(layer, {"images": photo_of(d, n), "bounding_boxes": boxes}, config=False)


def photo_of(d, n):
    return d.integers(0, 255, n, 4, 5, 3).astype("float32")
