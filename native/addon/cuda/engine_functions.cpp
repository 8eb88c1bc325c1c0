/** The CUDA library, its engines and their contexts. */

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "../functions/functions.hpp"
#include "call.hpp"

namespace verbatim::addon {
namespace {

// cudaLoad(path: string): number
napi_value Load(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  try {
    std::string path;
    if (!arguments.Read(0, path)) return ToJavaScript(env, -kMistyped);
    return ToJavaScript(env, arguments.data<Environment>().cuda_library.Load(path) ? 0 : -kNotLoaded);
  } catch (const std::bad_alloc&) {
    return ToJavaScript(env, -VBT_ERR_OUT_OF_MEMORY);
  }
}

/** What went wrong last: with the engine; where there is none, in loading the library or creating an engine. */
const char* MessageOf(Environment& environment, const CudaEngineHandle* engine) {
  if (engine != nullptr) return engine->functions().message(engine->get());
  const CudaFunctions* const library = environment.cuda_library.functions();
  return library == nullptr ? environment.cuda_library.failure().c_str() : library->message(nullptr);
}

// cudaMessage(engine: number, text: Uint8Array): number
napi_value Message(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  auto& environment = arguments.data<Environment>();
  int32_t handle = -1;
  ArrayView<uint8_t> text;
  if (!arguments.Read(0, handle) || !arguments.Read(1, text)) return ToJavaScript(env, -kMistyped);
  const char* const message = MessageOf(environment, environment.cuda_engines.Find(handle));
  const size_t length = std::min(std::strlen(message), text.length);
  std::copy_n(message, length, text.data);
  return ToJavaScript(env, static_cast<int32_t>(length));
}

// cudaCreateEngine(device: number, vocabSize: number, startToken: number, endToken: number, barriers: Int32Array,
//                  maxSpanTokens: number, minSpanTokens: number, recallGenerated: number, maskValue: number,
//                  maxSequences: number, maxSpans: number, poolBytes: number): number
napi_value CreateEngine(napi_env env, napi_callback_info info) {
  const Arguments<12> arguments(env, info);
  auto& environment = arguments.data<Environment>();
  const CudaFunctions* const library = environment.cuda_library.functions();
  if (library == nullptr) return ToJavaScript(env, -kNotLoaded);
  vbt_engine_options options;
  library->engine_defaults(&options, sizeof options);
  ArrayView<int32_t> barriers;
  double mask_value = 0;
  Count pool_bytes;
  if (!arguments.Read(0, options.device) || !arguments.Read(1, options.vocab_size) ||
      !arguments.Read(2, options.start_token) || !arguments.Read(3, options.end_token) ||
      !arguments.Read(4, barriers) || !arguments.Read(5, options.max_span_tokens) ||
      !arguments.Read(6, options.min_span_tokens) || !arguments.Read(7, options.recall_generated) ||
      !arguments.Read(8, mask_value) || !arguments.Read(9, options.max_sequences) ||
      !arguments.Read(10, options.max_spans) || !arguments.Read(11, pool_bytes)) {
    return ToJavaScript(env, -kMistyped);
  }
  options.barriers = barriers.data;
  options.barrier_count = barriers.length;
  options.mask_value = static_cast<float>(mask_value);
  options.pool_bytes = pool_bytes.value;
  vbt_engine* engine = nullptr;
  const vbt_status status = library->engine_create(&options, &engine);
  if (status != VBT_OK) return ToJavaScript(env, -status);
  CudaEngineHandle handle(*library, engine, static_cast<size_t>(options.max_sequences));
  try {
    const int32_t kept = environment.cuda_engines.Insert(std::move(handle));
    return ToJavaScript(env, kept >= 0 ? kept : -VBT_ERR_OUT_OF_MEMORY);
  } catch (const std::bad_alloc&) {
    return ToJavaScript(env, -VBT_ERR_OUT_OF_MEMORY);
  }
}

// cudaCloseEngine(engine: number): number
napi_value CloseEngine(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  int32_t handle = -1;
  arguments.Read(0, handle);
  return ToJavaScript(env, arguments.data<Environment>().cuda_engines.Erase(handle) ? 0 : -kClosed);
}

// cudaMemory(engine: number, bytes: Float64Array): number
napi_value Memory(napi_env env, napi_callback_info info) {
  const CudaCall<2> call(env, info);
  ArrayView<double> bytes;
  if (!call.Read(bytes) || bytes.length != 3) return call.Refuse();
  vbt_memory_info memory = {};
  memory.struct_size = sizeof memory;
  const vbt_status status = call->memory_usage(call.engine(), &memory);
  bytes.data[0] = static_cast<double>(memory.device_bytes);
  bytes.data[1] = static_cast<double>(memory.pool_bytes);
  bytes.data[2] = static_cast<double>(memory.pool_used_bytes);
  return call.Return(status);
}

/** Pieces as JavaScript passes them: `[count0, flags0, count1, flags1, …]`. Throws bad_alloc. */
std::vector<vbt_piece> ToPieces(ArrayView<int32_t> figures) {
  std::vector<vbt_piece> pieces(figures.length / 2);
  for (size_t i = 0; i < pieces.size(); ++i) {
    pieces[i] = {static_cast<size_t>(figures.data[2 * i]), static_cast<uint32_t>(figures.data[2 * i + 1])};
  }
  return pieces;
}

// cudaCreateContext(engine: number, tokens: Int32Array, pieces: Int32Array, stream: bigint): number
napi_value CreateContext(napi_env env, napi_callback_info info) {
  const CudaCall<4> call(env, info);
  ArrayView<int32_t> tokens;
  ArrayView<int32_t> figures;
  vbt_stream stream = nullptr;
  if (!call.Read(tokens, figures, stream)) return call.Refuse();
  vbt_context* context = nullptr;
  try {
    const std::vector<vbt_piece> pieces = ToPieces(figures);
    const vbt_status status =
        call->context_create(call.engine(), tokens.data, tokens.length, pieces.data(), pieces.size(), stream, &context);
    if (status != VBT_OK) return call.Return(status);
    const int32_t kept = call.handle().contexts().Insert(context);
    if (kept >= 0) return ToJavaScript(env, kept);
  } catch (const std::bad_alloc&) {
    // As where no slot is left.
  }
  call->context_destroy(call.engine(), context);
  return ToJavaScript(env, -VBT_ERR_OUT_OF_MEMORY);
}

// cudaCloseContext(engine: number, context: number): number
napi_value CloseContext(napi_env env, napi_callback_info info) {
  const CudaCall<2> call(env, info);
  int32_t handle = -1;
  if (!call.Read(handle)) return call.Refuse();
  SlotTable<vbt_context*>& contexts = call.handle().contexts();
  vbt_context** const context = contexts.Find(handle);
  if (context == nullptr) return ToJavaScript(env, -kClosed);
  const vbt_status status = call->context_destroy(call.engine(), *context);
  if (status == VBT_OK) contexts.Erase(handle);
  return call.Return(status);
}

// cudaBadRows(engine: number, count: Float64Array): number
napi_value BadRows(napi_env env, napi_callback_info info) {
  const CudaCall<2> call(env, info);
  ArrayView<double> count;
  if (!call.Read(count) || count.length != 1) return call.Refuse();
  uint64_t bad_rows = 0;
  const vbt_status status = call->bad_rows(call.engine(), &bad_rows);
  count.data[0] = static_cast<double>(bad_rows);
  return call.Return(status);
}

// cudaBitmasks(engine: number, address: BigUint64Array): number
napi_value Bitmasks(napi_env env, napi_callback_info info) {
  const CudaCall<2> call(env, info);
  ArrayView<uint64_t> address;
  if (!call.Read(address) || address.length != 1) return call.Refuse();
  const uint32_t* words = nullptr;
  size_t words_per_row = 0;
  const vbt_status status = call->bitmasks(call.engine(), &words, &words_per_row);
  address.data[0] = reinterpret_cast<uintptr_t>(words);
  return call.Return(status, static_cast<int32_t>(words_per_row));
}

// liveCudaEngines(): number
napi_value LiveEngines(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return ToJavaScript(env, static_cast<int32_t>(arguments.data<Environment>().cuda_engines.CountLive()));
}

}  // namespace

const std::array<Function, kCudaEngineFunctionCount> kCudaEngineFunctions = {{
    {"cudaLoad", Load},
    {"cudaMessage", Message},
    {"cudaCreateEngine", CreateEngine},
    {"cudaCloseEngine", CloseEngine},
    {"cudaMemory", Memory},
    {"cudaCreateContext", CreateContext},
    {"cudaCloseContext", CloseContext},
    {"cudaBadRows", BadRows},
    {"cudaBitmasks", Bitmasks},
    {"liveCudaEngines", LiveEngines},
}};

}  // namespace verbatim::addon
