"""What one application of a wrapper layer or nested model puts into a graph."""
import functools

from tensorflow.python.framework import ops

from kerasan_probe import frames
from kerasan_probe.adapters import common_models, rerun
from kerasan_probe.recorder import rec

THROUGH = ("ReadVariableOp", "Identity", "Cast")
FUNCTIONS = ("While", "StatelessWhile", "If", "StatelessIf", "Case", "StatelessCase",
             "PartitionedCall", "StatefulPartitionedCall")
MAX_EACH = 3  # applications of one layer in graphs of one name


class GraphWatch(object):
    def __init__(self, symbolic=None):
        self._seen = {}
        self._symbolic = symbolic or (lambda: None)  # the graph of symbolic calls, if they have one

    def observe(self, owner):
        """Wraps `owner.__call__`; the module name is kept, so that autograph leaves it alone."""
        original = owner.__call__
        inherited = "__call__" not in vars(owner)

        @functools.wraps(original)
        def call(layer, *args, **kwargs):
            # What it inherits may be replaced later, by a re-run.
            proceed = super(owner, layer).__call__ if inherited else \
                functools.partial(original, layer)
            begun = None
            if not rec.is_quiet():
                begun = rec.safely("graph before", self._before, layer)
            result = proceed(*args, **kwargs)
            if begun:
                rec.safely("graph after", self._after, layer, *begun)
            return result

        owner.__call__ = call

    def _before(self, layer):
        graph = ops.get_default_graph() if not ops.executing_eagerly_outside_functions() or \
            ops.inside_function() else self._symbolic()
        if graph is None or not hasattr(graph, "captures"):
            return None
        return (graph, len(graph.get_operations())) if self._wanted(layer, graph.name) else None

    def _wanted(self, layer, graph):
        """False once a layer was seen often enough in graphs known by this name or id."""
        key = (rec.ref("layer", layer), graph)
        self._seen[key] = self._seen.get(key, 0) + 1
        return self._seen[key] <= MAX_EACH

    def _after(self, layer, graph, count):
        with rec.budget.measure(), rec.quiet():
            added = set(graph.get_operations()[count:])
            held, others = captured(graph), strangers(layer)
            uses = []
            for inner, times in leaves(layer, 1):
                for weight in inner.weights:
                    source = held.get(id(handle_of(weight)))
                    if source is not None:
                        readers = consumers(source, added)
                        uses.append(use(inner, weight, counted(times, readers, others), readers))
            tell(layer, graph, added, uses)


def strangers(layer):
    """Names of what may read the weights of other layers: single operations, layers of the program."""
    names = []
    for inner in getattr(layer, "operations", None) or getattr(layer, "layers", ()):
        free = type(inner).__name__.endswith(("Lambda", "OpLayer"))
        if free or "Layer" not in rerun.mro_names(inner) or not common_models.builtin(inner):
            names.append(inner.name)
        else:
            names.extend(strangers(inner))
    return names


def counted(times, readers, others):
    """How often the structure has a weight read, None where that is not known."""
    for reader in readers:
        if reader["op"] in FUNCTIONS:  # a loop traces its body once more outside
            return None
        for part in reader["name"].split("/"):
            if part in others or part.rpartition("_")[0] in others:
                return None
    return times


def use(layer, weight, applications, readers):
    """One weight of an inner layer, and what reads it."""
    return {"layer": rec.ref("layer", layer), "applications": applications,
            "class": type(layer).__name__, "name": layer.name, "weight": weight.name,
            "id": rec.ref("variable", weight), "consumers": readers}


def tell(layer, graph, added, uses):
    if uses:
        rec.emit("graph", layer=rec.ref("layer", layer), name=layer.name, uses=uses,
                 where=getattr(graph, "name", None), call=rec.current_call(), ops=len(added),
                 place=frames.here(), **{"class": type(layer).__name__})


def handle_of(variable):
    held = getattr(variable, "_value", variable) if hasattr(variable, "path") else variable
    try:
        return getattr(held, "handle", None)
    except ValueError:  # one for each replica, and none outside of them
        return None


def captured(graph):
    """{id of an eager handle: its placeholder} through all enclosing graphs."""
    outer = getattr(graph, "outer_graph", None)
    known = captured(outer) if outer is not None and hasattr(outer, "captures") else {}
    back = {id(inner): key for key, inner in known.items()}
    out = {}
    for external, internal in graph.captures:
        out[back.get(id(external), id(external))] = internal
    return out


def consumers(source, added):
    """The operations among ``added`` that use a weight, past reads and casts."""
    found, queue = [], [source]
    while queue:
        for op in queue.pop().consumers():
            if op in added:
                if op.type in THROUGH:
                    queue.extend(op.outputs)
                else:
                    found.append({"op": op.type, "name": op.name})
    return found


def leaves(layer, times):
    """(layer, how often the structure applies it) of the layers inside; None: unknown."""
    names = rerun.mro_names(layer)
    if "Model" in names:
        if common_models.structure_of(layer) == "subclassed":
            return [(inner, None) for inner in flat(layer)]
        counts = {}
        for node in common_models.graph_of(layer):
            counts[node["layer"]] = counts.get(node["layer"], 0) + 1
        out = []
        for inner in layer.layers:
            count = counts.get(rec.ref("layer", inner))
            known = None if times is None or count is None else times * count
            out.extend(leaves(inner, known))
        return out
    if "TimeDistributed" in names:
        # Keras 3 applies the layer once for each time step, earlier releases to all at once.
        return leaves(layer.layer, None if hasattr(layer, "path") else times)
    if "Bidirectional" in names:
        return [(layer.forward_layer, None), (layer.backward_layer, None)]
    if "RNN" in names or "Wrapper" in names or not common_models.builtin(layer):
        return [(layer, None)]
    return [(layer, times)]


def flat(layer):
    return [inner for inner in common_models.inner_layers(layer) if hasattr(inner, "weights")]


def install(keras, symbolic=None):
    watch = GraphWatch(symbolic)
    for owner in (keras.layers.TimeDistributed, keras.layers.Bidirectional, keras.Model):
        rec.safely("wrap graphs", watch.observe, owner)
