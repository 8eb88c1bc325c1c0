{
  "includes": ["native/engine/sources.gypi"],
  "targets": [
    {
      "target_name": "verbatim",
      "sources": [
        "<@(engine_sources)",
        "native/addon/addon.cpp",
        "native/addon/cuda/batch_functions.cpp",
        "native/addon/cuda/engine_functions.cpp",
        "native/addon/cuda/library.cpp",
        "native/addon/cuda/sequence_functions.cpp",
        "native/addon/functions/compaction.cpp",
        "native/addon/functions/context.cpp",
        "native/addon/functions/matcher.cpp",
        "native/addon/functions/rows.cpp",
        "native/addon/functions/text.cpp"
      ],
      "include_dirs": ["node_modules/node-addon-api"],
      "defines": ["NAPI_VERSION=9", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_ENABLE_MAYBE", "VERBATIM_STATIC"],
      "cflags_cc": [
        "-isystem<(module_root_dir)/node_modules/node-addon-api",
        "-std=c++20",
        "-O3",
        "-fexceptions",
        "-fvisibility=hidden",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Wshadow",
        "-Wconversion"
      ],
      "conditions": [["OS=='linux'", { "libraries": ["-ldl"] }]],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-exceptions"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "MACOSX_DEPLOYMENT_TARGET": "12.0",
        "WARNING_CFLAGS": ["-Wall", "-Wextra", "-Wshadow"]
      },
      "msvs_settings": {
        "VCCLCompilerTool": {
          "AdditionalOptions": ["/std:c++20", "/utf-8"],
          "ExceptionHandling": 1,
          "WarningLevel": 4
        }
      }
    }
  ]
}
