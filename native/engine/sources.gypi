{
  "variables": {
    "engine_sources": [
      "native/engine/block.cpp",
      "native/engine/block_builder.cpp",
      "native/engine/block_merge.cpp",
      "native/engine/c_api.cpp",
      "native/engine/candidates.cpp",
      "native/engine/context.cpp",
      "native/engine/continuations.cpp",
      "native/engine/distinct_tokens.cpp",
      "native/engine/masked_fill.cpp",
      "native/engine/masked_fill_avx2.cpp",
      "native/engine/masked_fill_avx512.cpp",
      "native/engine/masked_fill_portable.cpp",
      "native/engine/matcher.cpp",
      "native/engine/rows_c_api.cpp",
      "native/engine/sampling.cpp",
      "native/engine/suffix_array.cpp"
    ]
  }
}
