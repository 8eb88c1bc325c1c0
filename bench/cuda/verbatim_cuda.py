"""Verbatim's CUDA library from Python: cuda/include/verbatim_cuda.h over ctypes, without a dependency.

The header is the documentation; names and order of arguments are its own. Tokens and logits on the device are given by
their address (`tensor.data_ptr()`), streams by their handle (`torch.cuda.current_stream().cuda_stream`; 0 is the legacy
default stream). Tokens in host memory are any sequence of ints; numpy's int32 arrays and array("i") are not copied.

    engine = Engine(load(), vocab_size=151_669, start_token=151_665, end_token=151_666)
    context = engine.context(prompt)
    sequence = engine.open(max_tokens=4_096, context=context)
    rows = Rows(1, device_map.data_ptr())              # device_map: an int32 tensor that holds `sequence`
    masked = Logits(logits.data_ptr(), FLOAT32, width=logits.shape[1], stride=logits.stride(0))
    while generating:
        engine.step(rows, tokens.data_ptr(), stream)   # returns at once; runs beside the forward pass
        forward(tokens, logits)
        engine.apply(rows, masked, stream)
        sample(logits, out=tokens)
"""

import ctypes
import os
from array import array
from ctypes import POINTER, byref, c_char_p, c_float, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path

# The header's VBT_ABI_MAJOR and VBT_ABI_MINOR.
ABI_MAJOR, ABI_MINOR = 2, 0
UNSEARCHABLE, SEGMENT = 1, 2
FLOAT32, FLOAT16, BFLOAT16 = 0, 1, 2
HOST, DEVICE = 0, 1
SEQUENCE_OK = 0
SEQUENCE_TOKEN_NOT_ALLOWED = 1
SEQUENCE_TOKEN_OUT_OF_RANGE = 2
SEQUENCE_CONTEXT_FULL = 3
SEQUENCE_SPANS_FULL = 4
SEQUENCE_WRONG_SPAN = 5
SEQUENCE_BAD_LENGTH = 6
SEQUENCE_NO_VALID_TOKEN = 7


class EngineOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("device", c_int32),
        ("vocab_size", c_int32),
        ("start_token", c_int32),
        ("end_token", c_int32),
        ("barriers", POINTER(c_int32)),
        ("barrier_count", c_size_t),
        ("max_span_tokens", c_int32),
        ("min_span_tokens", c_int32),
        ("recall_generated", c_int32),
        ("mask_value", c_float),
        ("max_sequences", c_int32),
        ("max_spans", c_int32),
        ("pool_bytes", c_size_t),
    ]


class SizedStructure(ctypes.Structure):
    """A structure whose first field is its own size; the others are given in their order, or by name."""

    def __init__(self, *values, **named):
        super().__init__(ctypes.sizeof(type(self)), *values, **named)


class MemoryInfo(SizedStructure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("device_bytes", c_size_t),
        ("pool_bytes", c_size_t),
        ("pool_used_bytes", c_size_t),
    ]


class Piece(ctypes.Structure):
    _fields_ = [("count", c_size_t), ("flags", c_uint32)]


class Range(ctypes.Structure):
    _fields_ = [("start", c_int32), ("end", c_int32)]


class Sampling(SizedStructure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("temperature", c_float),
        ("top_k", c_int32),
        ("top_p", c_float),
        ("min_p", c_float),
        ("seed", c_uint64),
    ]


class Rows(SizedStructure):
    """The rows of a batch: how many, and the device address of each row's sequence (None: row i is sequence i)."""

    _fields_ = [("struct_size", c_size_t), ("count", c_int32), ("sequences", c_void_p)]


class Logits(SizedStructure):
    """Rows of logits on the device: address, type, entries of a row, entries from a row to the next."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("data", c_void_p),
        ("dtype", c_int32),
        ("width", c_int32),
        ("stride", c_int64),
    ]


class SnapshotInfo(SizedStructure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("status", c_int32),
        ("length", c_int32),
        ("in_span", c_int32),
        ("depth", c_int32),
        ("candidates", c_int32),
        ("spans", c_int32),
    ]


class Span(ctypes.Structure):
    _fields_ = [("start", c_int32), ("end", c_int32), ("is_open", c_int32)]


# The arguments of each verb after the engine. Addresses and handles are c_void_p.
_STREAM, _TOKENS, _ROWS, _LOGITS = c_void_p, c_void_p, POINTER(Rows), POINTER(Logits)
_VERBS = {
    "memory_usage": [POINTER(MemoryInfo)],
    "context_create": [_TOKENS, c_size_t, POINTER(Piece), c_size_t, _STREAM, POINTER(c_void_p)],
    "context_destroy": [c_void_p],
    "context_length": [c_void_p, POINTER(c_size_t)],
    "sequence_open": [c_void_p, c_size_t, _STREAM, POINTER(c_int32)],
    "sequence_fork": [c_int32, _STREAM, POINTER(c_int32)],
    "sequence_close": [c_int32, _STREAM],
    "append": [c_int32, _TOKENS, c_size_t, c_uint32, _STREAM],
    "begin_span": [c_int32, POINTER(Range), c_size_t, _TOKENS, c_size_t, _STREAM],
    "end_span": [c_int32, _STREAM],
    "truncate": [c_int32, c_size_t, _STREAM],
    "reset": [c_int32, _STREAM],
    "clear": [c_int32, _STREAM],
    "set_sampling": [c_int32, POINTER(Sampling), _STREAM],
    "accept": [_ROWS, _TOKENS, c_int32, _STREAM],
    "prepare": [_STREAM],
    "step": [_ROWS, _TOKENS, c_int32, _STREAM],
    "rollback": [_ROWS, _TOKENS, _STREAM],
    "apply": [_ROWS, _LOGITS, _STREAM],
    "sample": [_ROWS, _LOGITS, _TOKENS, _STREAM],
    "draft": [_ROWS, c_int32, c_int32, _TOKENS, _TOKENS, _STREAM],
    "join": [_STREAM],
    "poll": [c_void_p, _STREAM],
    "bad_rows": [POINTER(c_uint64)],
    "bitmasks": [POINTER(c_void_p), POINTER(c_size_t)],
    "snapshot": [c_int32, POINTER(SnapshotInfo)],
    "read": [c_int32, c_size_t, c_size_t, c_void_p],
    "read_bitmask": [c_int32, c_void_p],
    "read_spans": [c_int32, c_size_t, c_size_t, POINTER(Span), POINTER(c_size_t)],
    "sources": [c_int32, c_size_t, c_size_t, c_void_p, POINTER(c_size_t)],
}


class VerbatimError(RuntimeError):
    """A call that failed; `status` is its vbt_status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def load(path=None):
    """Loads the library at `path`, $VERBATIM_CUDA, or where `npm run build:cuda` puts it.

    :raises OSError: it cannot be loaded
    :raises VerbatimError: its ABI is of another version
    """
    built = Path(__file__).resolve().parents[2] / "build-cuda/Release/libverbatim_cuda.so"
    library = ctypes.CDLL(str(path or os.environ.get("VERBATIM_CUDA") or built))
    library.vbt_abi_version.restype = c_uint32
    major, minor = divmod(library.vbt_abi_version(), 1 << 16)
    if major != ABI_MAJOR or minor < ABI_MINOR:
        raise VerbatimError(0, f"Expected ABI version {ABI_MAJOR}.{ABI_MINOR} or a later minor one, got {major}.{minor}")
    library.vbt_message.restype = library.vbt_status_message.restype = c_char_p
    library.vbt_sequence_status_message.restype = c_char_p
    library.vbt_message.argtypes = [c_void_p]
    library.vbt_engine_defaults.argtypes = [POINTER(EngineOptions), c_size_t]
    library.vbt_engine_create.argtypes = [POINTER(EngineOptions), POINTER(c_void_p)]
    library.vbt_engine_destroy.argtypes, library.vbt_engine_destroy.restype = [c_void_p], None
    for verb, arguments in _VERBS.items():
        getattr(library, f"vbt_{verb}").argtypes = [c_void_p, *arguments]
    return library


def _int32s(values):
    """A ctypes array of ints; it shares the memory of numpy's int32 arrays and of array("i")."""
    buffer = values if hasattr(values, "typecode") or hasattr(values, "dtype") else array("i", values)
    if memoryview(buffer).itemsize != 4:
        raise TypeError('Expected "values" to be of 32-bit integers')
    return (c_int32 * len(buffer)).from_buffer(buffer)


class Engine:
    """An engine. Contexts are handles, sequences are numbers. Streams are handles; every verb raises VerbatimError."""

    def __init__(self, library, *, barriers=(), **options):
        """`options`: the fields of vbt_engine_options; those left out have its defaults."""
        self._library = library
        self._handle = c_void_p()
        fields = EngineOptions()
        library.vbt_engine_defaults(byref(fields), ctypes.sizeof(fields))
        ids = _int32s(barriers)
        fields.barriers, fields.barrier_count = ids, len(ids)
        for name, value in options.items():
            if not hasattr(fields, name):
                raise TypeError(f'Expected no option "{name}"')
            setattr(fields, name, value)
        self._check(library.vbt_engine_create(byref(fields), byref(self._handle)))
        self.max_sequences = fields.max_sequences
        self.words_per_row = self.bitmasks()[1]

    def close(self):
        self._library.vbt_engine_destroy(self._handle)
        self._handle = c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _check(self, status):
        if status != 0:
            raise VerbatimError(status, self._library.vbt_message(self._handle).decode())

    def _call(self, verb, *arguments):
        self._check(getattr(self._library, f"vbt_{verb}")(self._handle, *arguments))

    # Contexts and sequences.

    def memory_usage(self):
        info = MemoryInfo()
        self._call("memory_usage", byref(info))
        return info

    def context(self, tokens, pieces=None, stream=0):
        """`pieces`: (count, flags) of each. Returns the context's handle."""
        ids, context = _int32s(tokens), c_void_p()
        parts = None if pieces is None else (Piece * len(pieces))(*pieces)
        count = 0 if parts is None else len(parts)
        self._call("context_create", ids, len(ids), parts, count, stream, byref(context))
        return context

    def destroy_context(self, context):
        self._call("context_destroy", context)

    def context_length(self, context):
        length = c_size_t()
        self._call("context_length", context, byref(length))
        return length.value

    def open(self, max_tokens, context=None, stream=0):
        sequence = c_int32()
        self._call("sequence_open", context, max_tokens, stream, byref(sequence))
        return sequence.value

    def fork(self, sequence, stream=0):
        fork = c_int32()
        self._call("sequence_fork", sequence, stream, byref(fork))
        return fork.value

    def close_sequence(self, sequence, stream=0):
        self._call("sequence_close", sequence, stream)

    def append(self, sequence, tokens, flags=0, stream=0):
        ids = _int32s(tokens)
        self._call("append", sequence, ids, len(ids), flags, stream)

    def begin_span(self, sequence, ranges=None, ends=None, stream=0):
        """`ranges`: (start, end) of each."""
        searched = None if ranges is None else (Range * len(ranges))(*ranges)
        closing = None if ends is None else _int32s(ends)
        counts = [0 if given is None else len(given) for given in (searched, closing)]
        self._call("begin_span", sequence, searched, counts[0], closing, counts[1], stream)

    def end_span(self, sequence, stream=0):
        self._call("end_span", sequence, stream)

    def truncate(self, sequence, length, stream=0):
        self._call("truncate", sequence, length, stream)

    def reset(self, sequence, stream=0):
        self._call("reset", sequence, stream)

    def clear(self, sequence, stream=0):
        self._call("clear", sequence, stream)

    def set_sampling(self, sequence, sampling, stream=0):
        self._call("set_sampling", sequence, byref(sampling), stream)

    # Steps of a batch. `tokens`, `counts`: addresses on the device.

    def accept(self, rows, tokens, stream=0):
        self._call("accept", byref(rows), tokens, DEVICE, stream)

    def accept_from_host(self, rows, tokens, stream=0):
        self._call("accept", byref(rows), _int32s(tokens), HOST, stream)

    def prepare(self, stream=0):
        self._call("prepare", stream)

    def step(self, rows, tokens, stream=0):
        self._call("step", byref(rows), tokens, DEVICE, stream)

    def step_from_host(self, rows, tokens, stream=0):
        self._call("step", byref(rows), _int32s(tokens), HOST, stream)

    def rollback(self, rows, counts, stream=0):
        self._call("rollback", byref(rows), counts, stream)

    def apply(self, rows, logits, stream=0):
        self._call("apply", byref(rows), byref(logits), stream)

    def sample(self, rows, logits, tokens, stream=0):
        self._call("sample", byref(rows), byref(logits), tokens, stream)

    def draft(self, rows, limit, latest, tokens, counts, stream=0):
        self._call("draft", byref(rows), limit, latest, tokens, counts, stream)

    def join(self, stream=0):
        self._call("join", stream)

    # Looking in.

    def poll(self, stream=0):
        """The status words of all sequences; waits."""
        statuses = (c_int32 * self.max_sequences)()
        self._call("poll", statuses, stream)
        return list(statuses)

    def bad_rows(self):
        count = c_uint64()
        self._call("bad_rows", byref(count))
        return count.value

    def bitmasks(self):
        """The address of the bitmasks on the device, and the words of a row."""
        words, words_per_row = c_void_p(), c_size_t()
        self._call("bitmasks", byref(words), byref(words_per_row))
        return words.value, words_per_row.value

    def snapshot(self, sequence):
        info = SnapshotInfo()
        self._call("snapshot", sequence, byref(info))
        return info

    def read(self, sequence, start, count):
        tokens = (c_int32 * count)()
        self._call("read", sequence, start, count, tokens)
        return list(tokens)

    def read_bitmask(self, sequence):
        words = (c_uint32 * self.words_per_row)()
        self._call("read_bitmask", sequence, words)
        return list(words)

    def read_spans(self, sequence, first=0, limit=256):
        """(start, end, is_open) of each span."""
        spans, count = (Span * limit)(), c_size_t()
        self._call("read_spans", sequence, first, limit, spans, byref(count))
        return [(span.start, span.end, bool(span.is_open)) for span in spans[: count.value]]

    def sources(self, sequence, span, limit=256):
        starts, count = (c_int32 * limit)(), c_size_t()
        self._call("sources", sequence, span, limit, starts, byref(count))
        return list(starts[: count.value])
