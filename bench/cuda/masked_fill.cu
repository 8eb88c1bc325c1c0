/**
 * The masked fill against its floors, in one run: a cudaMemset of as many bytes, and a large copy. Buffers rotate, so
 * that none is in the second-level cache when its turn comes. Every shape is compared with the masks on the host before
 * it is timed.
 *
 * usage: masked_fill [--json file] [--quick]
 */
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "floor.cuh"
#include "recall_batch.hpp"
#include "table.hpp"

namespace verbatim::cuda::bench {
namespace {

/** Every byte of a logit before the fill: a finite number in all three types. */
constexpr int kPattern = 0x3c;
constexpr size_t kCaches = 4;
constexpr size_t kMostBuffers = 512;

struct Type {
  vbt_dtype dtype;
  const char* name;
  size_t size;
  /** -infinity. */
  uint32_t masked;
};

constexpr Type kTypes[] = {
    {VBT_FLOAT32, "fp32", 4, 0xff80'0000U}, {VBT_FLOAT16, "fp16", 2, 0xfc00U}, {VBT_BFLOAT16, "bf16", 2, 0xff80U}};

/** Logits of several batches of the same shape, one behind the other. */
class Buffers {
 public:
  Buffers(const Type& type, int32_t rows, int32_t width)
      : type_(type),
        rows_(rows),
        width_(width),
        // Each batch is aligned as an allocation is; its rows need not be.
        bytes_((logit_bytes() + 255) / 256 * 256),
        count_(std::clamp(kCaches * CacheBytes() / bytes_ + 1, size_t{2}, kMostBuffers)),
        memory_(bytes_ * count_) {}

  size_t logit_bytes() const { return static_cast<size_t>(rows_) * static_cast<size_t>(width_) * type_.size; }
  size_t count() const { return count_; }
  std::byte* data(size_t buffer) const { return memory_.data() + buffer * bytes_; }
  LogitsView view(size_t buffer) const { return {data(buffer), type_.dtype, width_, width_}; }

  std::vector<uint8_t> Read(size_t buffer) const {
    std::vector<uint8_t> bytes(logit_bytes());
    ExpectCuda(cudaMemcpy(bytes.data(), data(buffer), bytes.size(), cudaMemcpyDeviceToHost), "cudaMemcpy");
    return bytes;
  }

 private:
  Type type_;
  int32_t rows_;
  int32_t width_;
  size_t bytes_;
  size_t count_;
  DeviceBuffer<std::byte> memory_;
};

class FillBenchmark {
 public:
  explicit FillBenchmark(const RecallBatch& batch) : batch_(&batch), masks_(batch.ReadMasks(kMostRows)) {}

  static constexpr int32_t kMostRows = 512;

  void Check(const Type& type, int32_t rows, int32_t width, const Buffers& buffers, const Stream& stream) const {
    ExpectCuda(cudaMemsetAsync(buffers.data(0), kPattern, buffers.logit_bytes(), stream.get()), "cudaMemsetAsync");
    Fill(rows, buffers.view(0), stream.get());
    stream.Synchronize();
    const std::vector<uint8_t> bytes = buffers.Read(0);
    uint32_t kept = 0;
    std::memset(&kept, kPattern, type.size);
    size_t entry = 0;
    for (int32_t row = 0; row < rows; ++row) {
      const uint32_t* mask = &masks_[static_cast<size_t>(row) * static_cast<size_t>(batch_->view().mask_words)];
      for (int32_t column = 0; column < width; ++column, ++entry) {
        uint32_t bits = 0;
        std::memcpy(&bits, &bytes[entry * type.size], type.size);
        const bool is_allowed = column < kVocabSize && (mask[column / 32] >> (column % 32) & 1U) != 0;
        if (bits != (is_allowed ? kept : type.masked)) {
          throw tests::Mismatch(std::string(type.name) + ", row " + std::to_string(row) + ", column " +
                                std::to_string(column) + ": the fill is wrong");
        }
      }
    }
  }

  void Fill(int32_t rows, const LogitsView& logits, cudaStream_t stream) const {
    ExpectCuda(LaunchMaskedFill(batch_->view(), {rows, nullptr}, logits, batch_->engine()->mask_value(), stream),
               "LaunchMaskedFill");
  }

 private:
  const RecallBatch* batch_;
  std::vector<uint32_t> masks_;
};

/** Microseconds of one of `count` launches in a row. */
template <typename Work>
double TimeOfOne(const Stream& stream, size_t count, int runs, const Work& work) {
  const TimedGraph graph(
      stream, [](cudaStream_t) {},
      [&](cudaStream_t on) {
        for (size_t i = 0; i < count; ++i) work(i, on);
      });
  graph.Run();
  return Median(graph.Run(runs)) / static_cast<double>(count);
}

std::string GoalOf(const Type& type, int32_t rows) {
  if (type.dtype == VBT_FLOAT32 && rows == 64) return "≤ 12";
  if (type.dtype == VBT_FLOAT32 && rows == 512) return "≤ 80";
  return "";
}

void Run(const Arguments& arguments) {
  constexpr size_t kContextTokens = 32'768;
  const int runs = arguments.quick ? 9 : 41;
  const Stream stream;
  const Floor floor = MeasureFloor(stream);
  const TokenText text = KeyValueLikeText(RecallBatch::TextTokens(kContextTokens, 1));
  const RecallBatch batch(text, kContextTokens, 1, FillBenchmark::kMostRows, stream);
  batch.OpenSpans(stream);
  const FillBenchmark benchmark(batch);

  Table floors("Floors", "A copy counts the bytes it reads and those it writes.",
               {{"copy_gbps", "large copy, GB/s"},
                {"set_gbps", "large cudaMemset, GB/s"},
                {"launch_us", "empty kernel, µs"},
                {"cache_mb", "second-level cache, MB"}});
  floors.Add({floor.copy_rate, floor.set_rate, floor.launch_time, static_cast<double>(CacheBytes()) / 1e6});
  Table table("Masked fill",
              "Launches in a row in one graph, over buffers that rotate past the second-level cache; the median of " +
                  std::to_string(runs) +
                  " runs. The floor is a cudaMemset of the same buffers. GB/s counts the logits once: nothing is read.",
              {{"dtype", "type"},
               {"rows", "B"},
               {"width", "V"},
               {"us", "µs"},
               {"gbps", "GB/s"},
               {"set_us", "cudaMemset, µs"},
               {"ratio", "against cudaMemset"},
               {"goal", "goal, µs"}});
  for (const Type& type : kTypes) {
    for (const int32_t width : {151'936, 151'669}) {
      for (const int32_t rows : {1, 8, 64, 256, 512}) {
        const Buffers buffers(type, rows, width);
        benchmark.Check(type, rows, width, buffers, stream);
        const double fill = TimeOfOne(stream, buffers.count(), runs,
                                      [&](size_t i, cudaStream_t on) { benchmark.Fill(rows, buffers.view(i), on); });
        const double set = TimeOfOne(stream, buffers.count(), runs, [&](size_t i, cudaStream_t on) {
          ExpectCuda(cudaMemsetAsync(buffers.data(i), 0xff, buffers.logit_bytes(), on), "cudaMemsetAsync");
        });
        table.Add({type.name, static_cast<double>(rows), static_cast<double>(width), fill,
                   static_cast<double>(buffers.logit_bytes()) / fill / 1e3, set, fill / set, GoalOf(type, rows)});
      }
    }
  }
  if (!arguments.json.empty()) WriteTables(arguments.json, {&floors, &table});
}

}  // namespace
}  // namespace verbatim::cuda::bench

int main(int argc, char** argv) {
  try {
    verbatim::cuda::bench::Run(verbatim::cuda::bench::ParseArguments(argc, argv));
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "masked_fill: %s\n", failure.what());
    return 1;
  }
}
