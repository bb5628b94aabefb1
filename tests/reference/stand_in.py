"""Another method in the place of one, for a while."""
import contextlib


@contextlib.contextmanager
def method(owner, name, wrapper):
    """While entered, `wrapper(original, *args, **kwargs)` stands in the place of the method."""
    place = type(owner) if name.startswith("__") else owner
    original = getattr(place, name)

    def stand_in(*args, **kwargs):
        return wrapper(original, *args, **kwargs)

    shadowed = vars(place).get(name)
    setattr(place, name, stand_in)
    try:
        yield
    finally:
        if shadowed is not None:
            setattr(place, name, shadowed)
        else:
            delattr(place, name)
