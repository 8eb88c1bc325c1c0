#pragma once

#include <memory>

#include "../../include/verbatim.h"

namespace verbatim::addon {

struct DestroyVocabulary {
  void operator()(verbatim_vocabulary* vocabulary) const { verbatim_vocabulary_destroy(vocabulary); }
};

/** A vocabulary that JavaScript holds. */
using VocabularyHandle = std::unique_ptr<verbatim_vocabulary, DestroyVocabulary>;

}  // namespace verbatim::addon
