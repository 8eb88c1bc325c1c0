/**
 * Drawing tokens on the device: in a span from the allowed logits alone, outside one from all of them. With temperature
 * 0 every draw is compared with the host's before anything is timed.
 *
 * usage: sample_allowed [--json file] [--quick]
 */
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "floor.cuh"
#include "recall_batch.hpp"
#include "table.hpp"

namespace verbatim::cuda::bench {
namespace {

constexpr int32_t kMostRows = 256;
constexpr int32_t kWidth = 151'936;

void SetTemperature(const RecallBatch& batch, float temperature, const Stream& stream) {
  const vbt_sampling sampling = {sizeof(sampling), temperature, 0, 1.0F, 0.0F, 1};
  for (int32_t sequence = 0; sequence < kMostRows; ++sequence) {
    ExpectOk(batch.engine(), vbt_set_sampling(batch.engine(), sequence, &sampling, stream.get()), "vbt_set_sampling");
  }
  batch.Settle(stream);
}

void Sample(const RecallBatch& batch, int32_t rows, const DeviceBuffer<float>& logits,
            const DeviceBuffer<int32_t>& tokens, cudaStream_t stream) {
  const LogitsView view = {logits.data(), VBT_FLOAT32, kWidth, kWidth};
  ExpectCuda(LaunchSampleAllowed(batch.view(), {rows, nullptr}, view, tokens.data(), stream), "LaunchSampleAllowed");
}

void Check(const RecallBatch& batch, const std::vector<float>& values, const DeviceBuffer<float>& logits,
           const Stream& stream) {
  const DeviceBuffer<int32_t> tokens(kMostRows);
  SetTemperature(batch, 0, stream);
  Sample(batch, kMostRows, logits, tokens, stream.get());
  stream.Synchronize();
  const std::vector<int32_t> drawn = tokens.Read();
  const std::vector<uint32_t> masks = batch.ReadMasks(kMostRows);
  for (size_t row = 0; row < kMostRows; ++row) {
    const uint32_t* mask = &masks[row * static_cast<size_t>(batch.view().mask_words)];
    const float* row_values = &values[row * kWidth];
    int32_t best = -1;
    for (int32_t id = 0; id < kVocabSize; ++id) {
      if ((mask[id / 32] >> (id % 32) & 1U) != 0 && (best < 0 || row_values[id] > row_values[best])) best = id;
    }
    Expect(drawn[row] == best, "row " + std::to_string(row) + ": drew " + std::to_string(drawn[row]) + " instead of " +
                                   std::to_string(best));
  }
  SetTemperature(batch, 1, stream);
}

void Measure(const RecallBatch& batch, const std::string& where, const DeviceBuffer<float>& logits, int runs,
             const CacheEvictor& evictor, const Floor& floor, const Stream& stream, Table& table) {
  const DeviceBuffer<int32_t> tokens(kMostRows);
  const std::vector<uint32_t> masks = batch.ReadMasks(kMostRows);
  for (const int32_t rows : {1, 8, 64, 256}) {
    const TimedGraph graph(
        stream, [&](cudaStream_t on) { evictor.Enqueue(on); },
        [&](cudaStream_t on) { Sample(batch, rows, logits, tokens, on); });
    graph.Run();
    double allowed = 0;
    for (int32_t row = 0; row < rows; ++row) {
      for (int32_t id = 0; id < kVocabSize; ++id) {
        const size_t word =
            static_cast<size_t>(row) * static_cast<size_t>(batch.view().mask_words) + static_cast<size_t>(id / 32);
        allowed += (masks[word] >> (id % 32) & 1U) != 0 ? 1 : 0;
      }
    }
    const double mask_bytes = 4.0 * rows * batch.view().mask_words;
    table.Add({where, static_cast<double>(rows), allowed / rows, Median(graph.Run(runs)),
               floor.CopyTime(mask_bytes + 4 * allowed)});
  }
}

void Run(const Arguments& arguments) {
  constexpr size_t kContextTokens = 32'768;
  const int runs = arguments.quick ? 9 : 101;
  const Stream stream;
  const CacheEvictor evictor;
  const Floor floor = MeasureFloor(stream);
  const TokenText text = KeyValueLikeText(RecallBatch::TextTokens(kContextTokens, 1));
  const RecallBatch batch(text, kContextTokens, 1, kMostRows, stream);

  std::vector<float> values(static_cast<size_t>(kMostRows) * kWidth);
  std::minstd_rand random(7);
  for (float& value : values) value = 1e-4F * static_cast<float>(random() % 200'000) - 10;
  const DeviceBuffer<float> logits = Upload(values);

  Table table("Sampling",
              "fp32, V = 151,936, temperature 1, no cuts; the second-level cache evicted; the median of " +
                  std::to_string(runs) + " runs. The floor is the allowed logits and the masks at the copy rate.",
              {{"where", "rows are"},
               {"rows", "B"},
               {"allowed", "allowed ids of a row"},
               {"us", "µs"},
               {"floor_us", "floor, µs"}});
  Check(batch, values, logits, stream);
  Measure(batch, "outside a span", logits, runs, evictor, floor, stream, table);
  batch.OpenSpans(stream);
  Check(batch, values, logits, stream);
  Measure(batch, "in a span, k = 1", logits, runs, evictor, floor, stream, table);
  if (!arguments.json.empty()) WriteTables(arguments.json, {&table});
}

}  // namespace
}  // namespace verbatim::cuda::bench

int main(int argc, char** argv) {
  try {
    verbatim::cuda::bench::Run(verbatim::cuda::bench::ParseArguments(argc, argv));
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "sample_allowed: %s\n", failure.what());
    return 1;
  }
}
