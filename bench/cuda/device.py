"""Where tensors live that Verbatim's CUDA library reads and writes: a GPU, or what the tests emulate on the CPU."""

import ctypes
import math

import torch


class Gpu:
    """The current CUDA device of torch, and a stream of our own, on which torch works from now on."""

    name = "cuda"

    def __init__(self):
        self.stream = torch.cuda.Stream()
        torch.cuda.set_stream(self.stream)
        self.stream_handle = self.stream.cuda_stream

    def empty(self, *shape, dtype):
        return torch.empty(shape, dtype=dtype, device="cuda")

    def synchronize(self):
        torch.cuda.synchronize()

    def let_torch_see(self):
        """Nothing to do: torch's work comes later on the stream that the library's verbs ran on."""


class EmulatedDevice:
    """The emulated device of a library that was built with tests/cuda/emulation. Its memory is the host's."""

    name = "cpu"
    stream_handle = 0

    def __init__(self, library):
        self._library = library
        library.cudaMalloc.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t]

    def empty(self, *shape, dtype):
        """Memory that lasts as long as the process."""
        address, size = ctypes.c_void_p(), max(1, math.prod(shape)) * dtype.itemsize
        if self._library.cudaMalloc(ctypes.byref(address), size) != 0:
            raise MemoryError(f"The emulated device has no {size} bytes")
        memory = (ctypes.c_uint8 * size).from_address(address.value)
        return torch.frombuffer(memory, dtype=dtype)[: math.prod(shape)].view(shape)

    def synchronize(self):
        if self._library.cudaDeviceSynchronize() != 0:
            raise RuntimeError("The emulated device reports an error")

    def let_torch_see(self):
        """The emulation runs what is enqueued when the host waits; torch on the CPU does not know of it."""
        self.synchronize()
