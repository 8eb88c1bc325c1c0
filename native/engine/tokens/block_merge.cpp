#include "block_merge.hpp"

#include <chrono>
#include <exception>
#include <new>
#include <utility>

namespace verbatim {
namespace {

std::shared_ptr<const Block> Merge(const std::vector<std::shared_ptr<const Block>>& blocks) {
  std::vector<Word> words;
  for (const std::shared_ptr<const Block>& block : blocks) {
    words.insert(words.end(), block->words().begin(), block->words().end());
  }
  return Block::Build(std::move(words));
}

}  // namespace

void BlockMerge::Start(std::vector<std::shared_ptr<const Block>> blocks, int32_t begin) {
  int32_t end = begin;
  for (const std::shared_ptr<const Block>& block : blocks) end += block->size();
  try {
    result_ = std::async(std::launch::async, [blocks = std::move(blocks)] { return Merge(blocks); });
  } catch (const std::exception&) {
    // No thread, or no memory for one: the blocks stay as they are.
    return;
  }
  begin_ = begin;
  end_ = end;
}

BlockMerge::Merged BlockMerge::TakeIfReady() {
  if (!result_.valid() || result_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return {};
  const bool is_forgotten = end_ == 0;
  const int32_t begin = begin_;
  Forget();
  try {
    std::shared_ptr<const Block> block = result_.get();
    if (is_forgotten) return {};
    return {std::move(block), begin};
  } catch (const std::bad_alloc&) {
    return {};
  }
}

}  // namespace verbatim
