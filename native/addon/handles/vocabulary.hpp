#pragma once

#include <memory>
#include <utility>

#include "../../include/verbatim.h"
#include "../node_api.hpp"
#include "memory_report.hpp"

namespace verbatim::addon {

struct DestroyVocabulary {
  void operator()(verbatim_vocabulary* vocabulary) const { verbatim_vocabulary_destroy(vocabulary); }
};
using OwnedVocabulary = std::unique_ptr<verbatim_vocabulary, DestroyVocabulary>;

/** A vocabulary that JavaScript holds, and what the garbage collector has been told of its size. */
class VocabularyHandle {
 public:
  /** Throws bad_alloc. */
  VocabularyHandle(napi_env env, OwnedVocabulary vocabulary)
      : vocabulary_(std::move(vocabulary)), report_(std::make_shared<MemoryReport>(env, nullptr)) {
    report_->Set(verbatim_vocabulary_bytes(get()));
  }

  const verbatim_vocabulary* get() const { return vocabulary_.get(); }
  const std::shared_ptr<MemoryReport>& report() const { return report_; }

 private:
  OwnedVocabulary vocabulary_;
  std::shared_ptr<MemoryReport> report_;
};

}  // namespace verbatim::addon
