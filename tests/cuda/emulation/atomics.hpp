/** Atomics: as CUDA's, they order no other memory. */
#pragma once

#include <concepts>
#include <type_traits>

namespace cuda_on_cpu {

template <typename Value>
concept AtomicInteger =
    std::same_as<Value, int> || std::same_as<Value, unsigned> || std::same_as<Value, unsigned long long>;

/** Replaces *address by change(*address); returns what was there. */
template <typename Value, typename Change>
Value AtomicUpdate(Value* address, const Change& change) {
  Value old;
  __atomic_load(address, &old, __ATOMIC_RELAXED);
  for (;;) {
    Value changed = change(old);
    if (__atomic_compare_exchange(address, &old, &changed, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return old;
  }
}

}  // namespace cuda_on_cpu

template <cuda_on_cpu::AtomicInteger Value>
Value atomicAdd(Value* address, std::type_identity_t<Value> value) {
  return __atomic_fetch_add(address, value, __ATOMIC_RELAXED);
}

inline float atomicAdd(float* address, float value) {
  return cuda_on_cpu::AtomicUpdate(address, [value](float old) { return old + value; });
}

inline double atomicAdd(double* address, double value) {
  return cuda_on_cpu::AtomicUpdate(address, [value](double old) { return old + value; });
}

template <cuda_on_cpu::AtomicInteger Value>
  requires(sizeof(Value) == 4)
Value atomicSub(Value* address, std::type_identity_t<Value> value) {
  return __atomic_fetch_sub(address, value, __ATOMIC_RELAXED);
}

template <cuda_on_cpu::AtomicInteger Value>
Value atomicOr(Value* address, std::type_identity_t<Value> value) {
  return __atomic_fetch_or(address, value, __ATOMIC_RELAXED);
}

template <cuda_on_cpu::AtomicInteger Value>
Value atomicAnd(Value* address, std::type_identity_t<Value> value) {
  return __atomic_fetch_and(address, value, __ATOMIC_RELAXED);
}

template <cuda_on_cpu::AtomicInteger Value>
Value atomicXor(Value* address, std::type_identity_t<Value> value) {
  return __atomic_fetch_xor(address, value, __ATOMIC_RELAXED);
}

/** Of long long too. */
template <typename Value>
  requires(cuda_on_cpu::AtomicInteger<Value> || std::same_as<Value, long long>)
Value atomicMin(Value* address, std::type_identity_t<Value> value) {
  return cuda_on_cpu::AtomicUpdate(address, [value](Value old) { return old < value ? old : value; });
}

template <typename Value>
  requires(cuda_on_cpu::AtomicInteger<Value> || std::same_as<Value, long long>)
Value atomicMax(Value* address, std::type_identity_t<Value> value) {
  return cuda_on_cpu::AtomicUpdate(address, [value](Value old) { return old < value ? value : old; });
}

template <typename Value>
  requires(cuda_on_cpu::AtomicInteger<Value> || std::same_as<Value, float>)
Value atomicExch(Value* address, std::type_identity_t<Value> value) {
  return cuda_on_cpu::AtomicUpdate(address, [value](Value) { return value; });
}

template <cuda_on_cpu::AtomicInteger Value>
Value atomicCAS(Value* address, std::type_identity_t<Value> expected, std::type_identity_t<Value> value) {
  __atomic_compare_exchange(address, &expected, &value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  return expected;
}

/** Wraps to 0 past the limit. */
inline unsigned atomicInc(unsigned* address, unsigned limit) {
  return cuda_on_cpu::AtomicUpdate(address, [limit](unsigned old) { return old >= limit ? 0 : old + 1; });
}
