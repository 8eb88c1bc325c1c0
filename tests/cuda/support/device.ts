import { useCudaLibrary } from "./emulated-library.js";

/** The functions of device_memory.cpp. */
interface DeviceMemory {
  open(runtime: string): void;
  allocate(bytes: number): bigint;
  free(address: bigint): void;
  upload(address: bigint, bytes: Uint8Array, stream: bigint): void;
  download(address: bigint, bytes: Uint8Array, stream: bigint): void;
  createStream(): bigint;
  beginCapture(stream: bigint): void;
  endCapture(stream: bigint): bigint;
  launchGraph(graph: bigint, stream: bigint): void;
  control(name: string, value: number): void;
  failNext(call: number, error: number): void;
}

type Entries = Int32Array | Float32Array | Uint16Array;

/** A CUDA device, emulated unless the environment names a real one's libraries. CudaRecallEngine uses the same. */
export class Device {
  readonly isEmulated: boolean;
  readonly #memory: DeviceMemory;

  constructor(memory: DeviceMemory, isEmulated: boolean) {
    this.#memory = memory;
    this.isEmulated = isEmulated;
  }

  /** Device memory that holds these entries. Lives as long as the process. */
  place(entries: Entries): bigint {
    const address = this.#memory.allocate(Math.max(1, entries.byteLength));
    this.write(address, entries);
    return address;
  }

  /** Copies to device memory, in the order of a stream; waits for it. */
  write(address: bigint, entries: Entries, stream = 0n): void {
    this.#memory.upload(address, bytesOf(entries), stream);
  }

  /** Fills `entries` from device memory, in the order of a stream; waits for it. */
  read<Kind extends Entries>(address: bigint, entries: Kind, stream = 0n): Kind {
    this.#memory.download(address, bytesOf(entries), stream);
    return entries;
  }

  free(address: bigint): void {
    this.#memory.free(address);
  }

  /** A stream that does not wait for the legacy one. */
  createStream(): bigint {
    return this.#memory.createStream();
  }

  /** The graph of what `verbs` enqueue on a stream. */
  capture(stream: bigint, verbs: () => void): bigint {
    this.#memory.beginCapture(stream);
    verbs();
    return this.#memory.endCapture(stream);
  }

  launch(graph: bigint, stream: bigint): void {
    this.#memory.launchGraph(graph, stream);
  }

  /** A machine with so many devices and a driver of this version (0: none), while `verbs` run. */
  withMachine({ devices = 1, driver = 13_000 }, verbs: () => void): void {
    this.#memory.control("cuda_on_cpu_set_device_count", devices);
    this.#memory.control("cuda_on_cpu_set_driver_version", driver);
    try {
      verbs();
    } finally {
      this.#memory.control("cuda_on_cpu_set_device_count", 1);
      this.#memory.control("cuda_on_cpu_set_driver_version", 13_000);
    }
  }

  /** Makes the next kernel launch fail. */
  failNextLaunch(): void {
    this.#memory.failNext(LAUNCH, LAUNCH_OUT_OF_RESOURCES);
  }
}

/** As control.hpp and CUDA number them. */
const LAUNCH = 3;
const LAUNCH_OUT_OF_RESOURCES = 701;

/** Opens the device, and builds what that needs. To be called before the first CudaRecallEngine of the process. */
export async function openDevice(): Promise<Device> {
  const { library, runtime, deviceMemory } = await useCudaLibrary();
  const module = { exports: {} as DeviceMemory };
  process.dlopen(module, deviceMemory);
  module.exports.open(runtime);
  return new Device(module.exports, library === runtime);
}

function bytesOf(entries: Entries): Uint8Array {
  return new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength);
}
