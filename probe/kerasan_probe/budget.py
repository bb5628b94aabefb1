"""The probe's own time, kept below a share of the run."""
import time

# Of this thread, where Python has it (3.7): a busy machine must not make short programs go unseen.
busy = getattr(time, "thread_time", time.perf_counter)


class Budget(object):
    """Counts the time spent in the probe; sampling asks it for leave."""

    # What the first steps of a short program may cost before the share counts.
    FLOOR_SECONDS = 1.5
    # Of either, what training may use: an evaluation is checked only if all its batches are there.
    TRAINING = 0.5

    def __init__(self, share=0.03):
        self.share = share
        self.spent = 0.0
        self.busy = 0.0
        self._processor = 0.0  # of all threads, while the probe worked
        self._began = time.perf_counter()
        self._entered = None
        self._depth = 0

    def elapsed(self):
        return time.perf_counter() - self._began

    def allow(self, first=False, cost=0.0, training=False):
        """True when work of about ``cost`` seconds may be done; always for first steps."""
        part = self.TRAINING if training else 1
        return first or self.busy + cost < self.FLOOR_SECONDS * part or \
            self.spent + cost < self.share * self.elapsed() * part

    def opens(self, cost=0.0, training=False):
        """When `allow` may next say yes (in `time.perf_counter`), if nothing more is spent."""
        part = self.TRAINING if training else 1
        if self.busy + cost < self.FLOOR_SECONDS * part:
            return self._began
        return self._began + (self.spent + cost) / max(self.share * part, 1e-9)

    def used(self):
        """Seconds spent so far, those of the work in progress too."""
        return self.spent + (time.perf_counter() - self._entered[0] if self._depth else 0.0)

    def processor(self):
        """Processor time spent so far by the whole process in work of the probe."""
        return self._processor + (time.process_time() - self._entered[2] if self._depth else 0.0)

    def measure(self):
        """A context manager around probe work; nested uses count once."""
        return self

    def __enter__(self):
        if self._depth == 0:
            self._entered = time.perf_counter(), busy(), time.process_time()
        self._depth += 1
        return self

    def __exit__(self, *_):
        self._depth -= 1
        if self._depth == 0:
            self.spent += time.perf_counter() - self._entered[0]
            self.busy += busy() - self._entered[1]
            self._processor += time.process_time() - self._entered[2]
        return False
